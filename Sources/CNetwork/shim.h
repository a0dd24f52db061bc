#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

// Enumerators and macros that do not arrive in Swift, as plain constants and functions.
static const uint32_t network_epoll_in = EPOLLIN;
static const uint32_t network_epoll_out = EPOLLOUT;
static const uint32_t network_epoll_error = EPOLLERR;
static const uint32_t network_epoll_edge = EPOLLET;

static inline int network_epoll_ctl(int epoll, int operation, int descriptor, uint32_t events, uint64_t mark) {
    struct epoll_event event = {.events = events, .data = {.u64 = mark}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline int network_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int network_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline uint64_t network_event_mark(const struct epoll_event *event) { return event->data.u64; }

static inline void network_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

// A stream socket that neither blocks nor is inherited.
static inline int network_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
}

// Declared by hand: the system's header has it for GNU sources alone, which this module is not compiled as.
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

// A connection that neither blocks nor is inherited.
static inline int network_accept(int socket, struct sockaddr *address, socklen_t *length) {
    return accept4(socket, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int network_set_option(int socket, int level, int name, int value) {
    return setsockopt(socket, level, name, &value, sizeof value);
}

// A send that gives EPIPE instead of a signal.
static inline ssize_t network_send(int socket, struct iovec *parts, int count) {
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// A receive into `room` first, which may be empty, and what is more into `rest`.
static inline ssize_t network_receive(int socket, void *room, size_t room_count, void *rest, size_t rest_count) {
    if (room_count == 0) return recv(socket, rest, rest_count, 0);
    struct iovec parts[] = {{room, room_count}, {rest, rest_count}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return recvmsg(socket, &message, 0);
}

// Milliseconds of the monotonic clock, to a few milliseconds: no system call.
static inline int64_t network_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void network_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void network_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline int network_tls_minimum_1_2(SSL_CTX *context) {
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}
static inline int network_tls_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }
static inline void network_tls_release_buffers(SSL_CTX *context) { SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); }
static inline void network_tls_forbid_renegotiation(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}
// A key with a passphrase is refused: nobody is there to be asked for it.
static inline int network_tls_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}
static inline void network_tls_forbid_questions(SSL_CTX *context) {
    SSL_CTX_set_default_passwd_cb(context, network_tls_no_passphrase);
}
static inline int network_error_reason(unsigned long code) { return ERR_GET_REASON(code); }
