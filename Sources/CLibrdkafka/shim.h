#pragma once
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// What Swift does not import: variadic functions, and macros that are casts.

// Queues one message, which is copied. NULL, or why it was not taken. `headers` belong to the message when it was taken.
static inline rd_kafka_error_t *martlet_kafka_produce(
    rd_kafka_t *client, const char *topic, int32_t partition, const void *key, size_t key_count,
    const void *value, size_t value_count, int64_t timestamp, rd_kafka_headers_t *headers, void *token)
{
    rd_kafka_vu_t parts[8];
    size_t count = 0;
    parts[count].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[count++].u.cstr = topic;
    parts[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[count++].u.i32 = partition;
    parts[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[count++].u.i = RD_KAFKA_MSG_F_COPY;
    parts[count].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[count].u.mem.ptr = (void *)value;
    parts[count++].u.mem.size = value_count;
    parts[count].vtype = RD_KAFKA_VTYPE_KEY;
    parts[count].u.mem.ptr = (void *)key;
    parts[count++].u.mem.size = key_count;
    parts[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    parts[count++].u.i64 = timestamp;
    parts[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[count++].u.ptr = token;
    if (headers) {
        parts[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        parts[count++].u.headers = headers;
    }
    return rd_kafka_produceva(client, parts, count);
}

// The next `count` answers of a mock broker's API `api_key` are this error.
static inline void martlet_kafka_mock_push_errors(
    rd_kafka_mock_cluster_t *cluster, int16_t api_key, size_t count, rd_kafka_resp_err_t error)
{
    for (size_t i = 0; i < count; i++)
        rd_kafka_mock_push_request_errors_array(cluster, api_key, 1, &error);
}

// A bell that librdkafka and other threads ring and one thread waits for.
static inline int martlet_kafka_bell_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline void martlet_kafka_bell_ring(int bell)
{
    uint64_t one = 1;
    // Fails only when the bell has rung 2^64 times unheard.
    ssize_t written = write(bell, &one, sizeof one);
    (void)written;
}

// librdkafka writes the same 8 bytes when the queue is no longer empty.
static inline void martlet_kafka_bell_attach(int bell, rd_kafka_queue_t *queue)
{
    uint64_t one = 1;
    rd_kafka_queue_io_event_enable(queue, bell, &one, sizeof one);
}

static inline void martlet_kafka_bell_detach(rd_kafka_queue_t *queue)
{
    rd_kafka_queue_io_event_enable(queue, -1, NULL, 0);
}

static inline void martlet_kafka_bell_wait(int bell, int milliseconds)
{
    struct pollfd watched = { .fd = bell, .events = POLLIN };
    if (poll(&watched, 1, milliseconds) != 1)
        return;
    uint64_t count;
    ssize_t taken = read(bell, &count, sizeof count);
    (void)taken;
}
