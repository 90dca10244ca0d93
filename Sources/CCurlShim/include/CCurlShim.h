// The whole of libcurl that this project uses, behind an interface without a libcurl type.
//
// A group of transfers, and each transfer in it, is confined to one thread; only `ccurl_group_wake` may be called from
// another.
#ifndef CCURLSHIM_H
#define CCURLSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ccurl_group ccurl_group;
typedef struct ccurl_transfer ccurl_transfer;

/// How a transfer ended.
enum {
    CCURL_DONE = 0,
    /// The URL cannot be used.
    CCURL_BAD_URL = 1,
    CCURL_UNKNOWN_NAME = 2,
    CCURL_CANNOT_CONNECT = 3,
    /// The time for connecting is over.
    CCURL_TIMED_OUT = 4,
    /// The TLS handshake failed.
    CCURL_TLS_FAILED = 5,
    /// The certificate was refused.
    CCURL_CERTIFICATE_REFUSED = 6,
    /// The file of authorities cannot be used.
    CCURL_BAD_AUTHORITY = 7,
    /// The peer closed the connection without an answer.
    CCURL_NO_ANSWER = 8,
    /// The peer closed the connection in the middle of the answer.
    CCURL_CUT_ANSWER = 9,
    /// The answer is not HTTP.
    CCURL_NOT_HTTP = 10,
    /// The answer announces more than is wanted.
    CCURL_TOO_LARGE = 11,
    /// A callback said stop.
    CCURL_STOPPED = 12,
    /// Sending or receiving failed.
    CCURL_BROKEN = 13,
    /// Memory is out.
    CCURL_NO_MEMORY = 14,
    /// Anything else; `code` says what.
    CCURL_OTHER = 15,
};

/// Texts that a transfer is told.
enum {
    CCURL_URL = 1,
    CCURL_METHOD = 2,
    CCURL_AUTHORITY_FILE = 3,
    CCURL_BEARER = 4,
    CCURL_USER = 5,
    CCURL_PASSWORD = 6,
};

/// What crossed a connection.
enum {
    CCURL_SENT = 0,
    CCURL_RECEIVED = 1,
};

/// What a group tells of its sockets, on its thread. Connections outlive the transfers that opened them.
typedef struct {
    void *context;
    void (*opened)(void *context, int32_t descriptor);
    /// Called before the descriptor is closed.
    void (*closing)(void *context, int32_t descriptor);
} ccurl_sockets;

/// Called on the thread of the group. The pointers live only during the call.
typedef struct {
    void *context;
    /// One line of a head, with its line end. False stops the transfer.
    bool (*head)(void *context, const uint8_t *bytes, size_t length);
    /// A piece of the answer's body. False stops the transfer.
    bool (*body)(void *context, const uint8_t *bytes, size_t length);
    /// Bytes as they crossed, inside TLS.
    void (*wire)(void *context, int32_t direction, const uint8_t *bytes, size_t length);
} ccurl_callbacks;

/// How a transfer ended, or what is known of it on its way.
typedef struct {
    /// One of `CCURL_DONE` and so on.
    int32_t result;
    /// libcurl's own number.
    int32_t code;
    /// What the system said of the last connection, as `errno`; 0 without.
    int32_t system_error;
    /// Why the certificate was refused, as `X509_V_ERR_…` of OpenSSL; 0 when the chain was good.
    int32_t certificate_error;
    /// Whether TCP and TLS were up.
    bool connected;
    /// libcurl's words, for looking up what it has no number for; NULL or empty without.
    const char *words;
} ccurl_outcome;

/// Sets libcurl up, once for the process, before anything else. False when it cannot be.
bool ccurl_start(void);
/// The version of libcurl.
const char *ccurl_version(void);

/// A group that keeps at most this many idle connections. NULL when memory is out.
ccurl_group *ccurl_group_new(int64_t idle_connections, const ccurl_sockets *sockets);
/// All transfers must have been freed.
void ccurl_group_free(ccurl_group *group);
/// Takes all transfers as far as they go. False when libcurl failed.
bool ccurl_group_perform(ccurl_group *group);
/// Waits until something can be done, somebody wakes it, or the time is over. False when libcurl failed.
bool ccurl_group_wait(ccurl_group *group, int32_t milliseconds);
/// Ends a wait, the present one or else the next. From any thread, while the group is there.
void ccurl_group_wake(ccurl_group *group);
/// A transfer that has ended, with how; NULL when there is none. Call it until it says NULL.
ccurl_transfer *ccurl_group_ended(ccurl_group *group, ccurl_outcome *outcome);
bool ccurl_group_add(ccurl_group *group, ccurl_transfer *transfer);
/// Also in the middle of it: then its connection is closed.
void ccurl_group_remove(ccurl_group *group, ccurl_transfer *transfer);

/// A transfer that follows no redirect, uses no proxy, and speaks HTTP/1.1. NULL when memory is out. It is for this
/// group alone.
ccurl_transfer *ccurl_transfer_new(ccurl_group *group, const ccurl_callbacks *callbacks);
/// It must have been removed from its group.
void ccurl_transfer_free(ccurl_transfer *transfer);
/// The context that was given with its callbacks.
void *ccurl_transfer_context(const ccurl_transfer *transfer);
/// Copies the text. False when libcurl cannot use it.
bool ccurl_transfer_set(ccurl_transfer *transfer, int32_t what, const char *text);
/// One header line without its line end.
bool ccurl_transfer_add_header(ccurl_transfer *transfer, const char *line);
/// `HOST:PORT:ADDRESS:PORT`: connects to the latter for the former.
bool ccurl_transfer_connect_to(ccurl_transfer *transfer, const char *rule);
/// Copies the bytes; to be called after the method was set.
bool ccurl_transfer_set_body(ccurl_transfer *transfer, const uint8_t *bytes, size_t length);
/// Milliseconds until TCP and TLS are up; bytes of the greatest body; whether the answer has none (HEAD); whether an
/// open connection may be used, after which libcurl may send a request twice.
bool ccurl_transfer_set_bounds(
    ccurl_transfer *transfer, int64_t connect_milliseconds, int64_t body_bytes, bool is_head, bool may_reuse);
/// What is known of a transfer on its way.
void ccurl_transfer_look(ccurl_transfer *transfer, ccurl_outcome *outcome);

/// The address and port of this end (or of the peer) of a socket as `127.0.0.1:80` or `[::1]:80`; false without.
bool ccurl_socket_address(int32_t descriptor, bool of_peer, char *text, size_t size);
/// The port of this end of the connection over which the transfer runs; 0 without.
int32_t ccurl_transfer_local_port(const ccurl_transfer *transfer);

#endif
