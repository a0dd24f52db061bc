#pragma once
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <stdint.h>
#include <microhttpd.h>

// What Swift does not import: variadic functions, and enumerators that are macros or duplicates.

static inline struct MHD_Daemon *martlet_mhd_start(
    int listen_socket, unsigned int threads, size_t connection_memory, unsigned int connections,
    unsigned int connections_per_address, unsigned int idle_seconds,
    MHD_AccessHandlerCallback handler, void *handler_context,
    void *(*uri)(void *, const char *, struct MHD_Connection *), void *uri_context,
    MHD_RequestCompletedCallback completed, void *completed_context)
{
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    if (threads > 1)
        return MHD_start_daemon(
            flags, 0, NULL, NULL, handler, handler_context,
            MHD_OPTION_LISTEN_SOCKET, listen_socket,
            MHD_OPTION_THREAD_POOL_SIZE, threads,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
            MHD_OPTION_CONNECTION_LIMIT, connections,
            MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections_per_address,
            MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
            MHD_OPTION_STRICT_FOR_CLIENT, 1,
            MHD_OPTION_URI_LOG_CALLBACK, uri, uri_context,
            MHD_OPTION_NOTIFY_COMPLETED, completed, completed_context,
            MHD_OPTION_END);
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handler, handler_context,
        MHD_OPTION_LISTEN_SOCKET, listen_socket,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, uri, uri_context,
        MHD_OPTION_NOTIFY_COMPLETED, completed, completed_context,
        MHD_OPTION_END);
}

static inline int martlet_mhd_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static inline size_t martlet_mhd_header_size(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

static inline const struct sockaddr *martlet_mhd_client_address(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

static inline void martlet_mhd_headers(
    struct MHD_Connection *connection, MHD_KeyValueIteratorN iterator, void *context)
{
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, iterator, context);
}

static inline int martlet_mhd_queue(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response)
{
    return MHD_queue_response(connection, status, response) == MHD_YES;
}

static inline struct MHD_Response *martlet_mhd_response_copying(size_t size, const void *bytes)
{
    return MHD_create_response_from_buffer(size, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

static inline struct MHD_Response *martlet_mhd_response_streaming(
    uint64_t size, MHD_ContentReaderCallback reader, void *context)
{
    return MHD_create_response_from_callback(size, 65536, reader, context, NULL);
}

static const uint64_t martlet_mhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t martlet_mhd_end_of_stream = -1;
static const ssize_t martlet_mhd_end_with_error = -2;

static inline enum MHD_Result martlet_mhd_result(int alive) { return alive ? MHD_YES : MHD_NO; }

static inline int martlet_completed_ok(enum MHD_RequestTerminationCode code)
{
    return code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
}

static inline int martlet_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int martlet_eventfd_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// Watches a socket once for the other side going away; readable data does not count.
static inline int martlet_epoll_watch_closing(int epoll, int socket, uint64_t token)
{
    struct epoll_event event = { .events = EPOLLRDHUP | EPOLLONESHOT, .data = { .u64 = token } };
    return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

static inline int martlet_epoll_watch_readable(int epoll, int descriptor, uint64_t token)
{
    struct epoll_event event = { .events = EPOLLIN, .data = { .u64 = token } };
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline void martlet_epoll_forget(int epoll, int descriptor) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

// Waits for one event; 1 with its token and whether the connection is dead both ways, 0 for nothing, -1 for an error.
static inline int martlet_epoll_wait_one(int epoll, uint64_t *token, int *dead)
{
    struct epoll_event event;
    int count = epoll_wait(epoll, &event, 1, -1);
    if (count == 1) {
        *token = event.data.u64;
        *dead = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
    }
    return count;
}
