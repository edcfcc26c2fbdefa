#pragma once

#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/// Who gets the messages of libmicrohttpd.
struct holdfast_mhd_logger {
    void *context;
    void (*on_message)(void *context, const char *text);
};

/// Whether a message is worth a text: about lengths, and about what an operator can mend. Others come
/// several times with each answer that is diverted.
static inline int holdfast_mhd_is_told(const char *format) {
    static const char *const words[] = {
        "Content-Length' header", "connection limit", "thread", "accept", "allocate", "descriptor",
        "Server reached",
    };
    if (strncmp(format, "Processing thread", strlen("Processing thread")) == 0) {
        return 0;
    }
    for (size_t index = 0; index < sizeof words / sizeof words[0]; index++) {
        if (strstr(format, words[index]) != NULL) {
            return 1;
        }
    }
    return 0;
}

static inline void holdfast_mhd_log(void *logger, const char *format, va_list arguments) {
    const struct holdfast_mhd_logger *to = (const struct holdfast_mhd_logger *)logger;
    char text[256];
    if (!holdfast_mhd_is_told(format)) {
        return;
    }
    if (vsnprintf(text, sizeof text, format, arguments) > 0) {
        to->on_message(to->context, text);
    }
}

/// What differs from listener to listener in a call of `MHD_start_daemon`, which is variadic.
struct holdfast_mhd_setup {
    /// A listening socket, or -1 for none.
    int listening_socket;
    unsigned int connection_limit;
    size_t pool_byte_count;
    size_t stack_byte_count;
    void *context;
    MHD_AccessHandlerCallback on_request;
    void *(*on_target)(void *, const char *, struct MHD_Connection *);
    MHD_NotifyConnectionCallback on_connection;
    MHD_RequestCompletedCallback on_completed;
    size_t (*unescape)(void *, struct MHD_Connection *, char *);
    struct holdfast_mhd_logger *logger;
};

static inline struct MHD_Daemon *holdfast_mhd_start(const struct holdfast_mhd_setup *setup) {
    unsigned int flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                         MHD_USE_POLL | MHD_USE_ITC | MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG;
    if (setup->listening_socket < 0) {
        flags |= MHD_USE_NO_LISTEN_SOCKET;
    }
    // MHD_OPTION_STRICT_FOR_CLIENT is left out: it answers a missing Host with two heads, and closes
    // without an answer for a blank in the target. Both are refused by `FramingCheck`.
    // The option list ends at the first MHD_OPTION_END: without a socket that is the last pair.
    return MHD_start_daemon(
        flags, 0, NULL, NULL, setup->on_request, setup->context,
        MHD_OPTION_EXTERNAL_LOGGER, holdfast_mhd_log, setup->logger,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, setup->pool_byte_count,
        MHD_OPTION_THREAD_STACK_SIZE, setup->stack_byte_count,
        MHD_OPTION_CONNECTION_LIMIT, setup->connection_limit,
        MHD_OPTION_URI_LOG_CALLBACK, setup->on_target, setup->context,
        MHD_OPTION_UNESCAPE_CALLBACK, setup->unescape, setup->context,
        MHD_OPTION_NOTIFY_CONNECTION, setup->on_connection, setup->context,
        MHD_OPTION_NOTIFY_COMPLETED, setup->on_completed, setup->context,
        setup->listening_socket < 0 ? MHD_OPTION_END : MHD_OPTION_LISTEN_SOCKET,
        (MHD_socket)setup->listening_socket, MHD_OPTION_END);
}

static inline int holdfast_mhd_socket(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static inline void *holdfast_mhd_socket_context(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static inline const struct sockaddr *holdfast_mhd_peer(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static inline size_t holdfast_mhd_header_byte_count(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
}

/// `MHD_upgrade_action` is variadic.
static inline void holdfast_mhd_close_upgraded(struct MHD_UpgradeResponseHandle *upgrade) {
    MHD_upgrade_action(upgrade, MHD_UPGRADE_ACTION_CLOSE);
}

/// What a TCP socket has moved since it was connected.
struct holdfast_tcp_counts {
    /// Bytes that it has sent and whose receipt was told.
    unsigned long long acknowledged;
    /// Bytes that it has received.
    unsigned long long received;
};

/// All zero for other sockets. glibc's `struct tcp_info` ends before these fields; the kernel has them
/// at bytes 120 and 128 since Linux 4.1.
static inline struct holdfast_tcp_counts holdfast_tcp_counts(int socket) {
    unsigned long long fields[32] = {0};
    socklen_t length = sizeof fields;
    struct holdfast_tcp_counts counts = {0, 0};
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, fields, &length) == 0) {
        counts.acknowledged = fields[15];
        counts.received = fields[16];
    }
    return counts;
}

static inline unsigned long long holdfast_tcp_received(int socket) {
    return holdfast_tcp_counts(socket).received;
}

/// Bytes that have moved, either way.
static inline unsigned long long holdfast_tcp_moved(int socket) {
    struct holdfast_tcp_counts counts = holdfast_tcp_counts(socket);
    return counts.acknowledged + counts.received;
}

/// Bytes that have come and nobody has read; `ioctl` is variadic.
static inline int holdfast_unread_byte_count(int socket) {
    int count = 0;
    return ioctl(socket, FIONREAD, &count) == 0 ? count : 0;
}

/// Bytes that were written and that the peer's system has not taken yet.
static inline int holdfast_queued_byte_count(int socket) {
    int count = 0;
    return ioctl(socket, TIOCOUTQ, &count) == 0 ? count : 0;
}

/// `dup3` with O_CLOEXEC; the function is hidden without _GNU_SOURCE.
static inline int holdfast_replace_descriptor(int descriptor, int number) {
    return (int)syscall(SYS_dup3, descriptor, number, O_CLOEXEC);
}

enum { holdfast_poll_gone = 0x2000 /* POLLRDHUP, hidden without _GNU_SOURCE */ | POLLHUP | POLLERR };

static const unsigned long long holdfast_mhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t holdfast_mhd_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;
