#include "Internal.h"
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// MARK: Callbacks

static size_t on_head(char *bytes, size_t size, size_t count, void *own) {
    ccurl_transfer *transfer = own;
    size_t length = size * count;
    return transfer->callbacks.head(transfer->callbacks.context, (const uint8_t *)bytes, length) ? length : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *own) {
    ccurl_transfer *transfer = own;
    size_t length = size * count;
    // An answer of 0 for an empty piece would mean all is well.
    return transfer->callbacks.body(transfer->callbacks.context, (const uint8_t *)bytes, length)
        ? length : length + 1;
}

static int on_wire(CURL *easy, curl_infotype type, char *bytes, size_t length, void *own) {
    (void)easy;
    ccurl_transfer *transfer = own;
    int32_t direction;
    switch (type) {
    case CURLINFO_HEADER_OUT: case CURLINFO_DATA_OUT: direction = CCURL_SENT; break;
    case CURLINFO_HEADER_IN: case CURLINFO_DATA_IN: direction = CCURL_RECEIVED; break;
    default: return 0;
    }
    if (length) transfer->callbacks.wire(transfer->callbacks.context, direction, (const uint8_t *)bytes, length);
    return 0;
}

static curl_socket_t on_open(void *own, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    ccurl_group *group = own;
    curl_socket_t made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made < 0) return CURL_SOCKET_BAD;
    group->sockets.opened(group->sockets.context, made);
    return made;
}

static int on_close(void *own, curl_socket_t descriptor) {
    ccurl_group *group = own;
    group->sockets.closing(group->sockets.context, descriptor);
    return close(descriptor);
}

// MARK: Making

static bool set_fixed(ccurl_transfer *transfer) {
    CURL *easy = transfer->easy;
    CURLcode failed = CURLE_OK;
#define SET(option, value) if (!failed) failed = curl_easy_setopt(easy, option, value)
    SET(CURLOPT_PRIVATE, (char *)transfer);
    SET(CURLOPT_ERRORBUFFER, transfer->words);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_NOPROGRESS, 1L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 5L);
    // Removing a transfer must not wait for a name that is being looked up.
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_HEADERFUNCTION, on_head);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_DEBUGFUNCTION, on_wire);
    SET(CURLOPT_DEBUGDATA, transfer);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
    SET(CURLOPT_OPENSOCKETDATA, transfer->group);
    SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
    SET(CURLOPT_CLOSESOCKETDATA, transfer->group);
#undef SET
    return failed == CURLE_OK;
}

ccurl_transfer *ccurl_transfer_new(ccurl_group *group, const ccurl_callbacks *callbacks) {
    ccurl_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    transfer->group = group;
    transfer->callbacks = *callbacks;
    transfer->easy = curl_easy_init();
    if (transfer->easy && set_fixed(transfer)) return transfer;
    ccurl_transfer_free(transfer);
    return NULL;
}

void ccurl_transfer_free(ccurl_transfer *transfer) {
    if (transfer->easy) curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->connect_to);
    free(transfer);
}

void *ccurl_transfer_context(const ccurl_transfer *transfer) { return transfer->callbacks.context; }

bool ccurl_transfer_set(ccurl_transfer *transfer, int32_t what, const char *text) {
    CURL *easy = transfer->easy;
    switch (what) {
    case CCURL_URL: return curl_easy_setopt(easy, CURLOPT_URL, text) == CURLE_OK;
    case CCURL_METHOD: return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, text) == CURLE_OK;
    case CCURL_AUTHORITY_FILE:
        // Only these: not the system's directory beside them.
        return curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_CAINFO, text) == CURLE_OK;
    case CCURL_BEARER:
        return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, text) == CURLE_OK;
    case CCURL_USER:
        return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_USERNAME, text) == CURLE_OK;
    case CCURL_PASSWORD: return curl_easy_setopt(easy, CURLOPT_PASSWORD, text) == CURLE_OK;
    default: return false;
    }
}

static bool append(struct curl_slist **list, const char *text) {
    struct curl_slist *longer = curl_slist_append(*list, text);
    if (!longer) return false;
    *list = longer;
    return true;
}

bool ccurl_transfer_add_header(ccurl_transfer *transfer, const char *line) {
    return append(&transfer->headers, line)
        && curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

bool ccurl_transfer_connect_to(ccurl_transfer *transfer, const char *rule) {
    return append(&transfer->connect_to, rule)
        && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to) == CURLE_OK;
}

bool ccurl_transfer_set_body(ccurl_transfer *transfer, const uint8_t *bytes, size_t length) {
    return curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length) == CURLE_OK
        && curl_easy_setopt(transfer->easy, CURLOPT_COPYPOSTFIELDS, length ? (const char *)bytes : "") == CURLE_OK;
}

bool ccurl_transfer_set_bounds(
    ccurl_transfer *transfer, int64_t connect_milliseconds, int64_t body_bytes, bool is_head, bool may_reuse) {
    CURL *easy = transfer->easy;
    return curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_milliseconds) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)body_bytes) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NOBODY, is_head ? 1L : 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, may_reuse ? 0L : 1L) == CURLE_OK;
}

// MARK: Looking

static int32_t result_of(CURLcode code) {
    switch (code) {
    case CURLE_OK: return CCURL_DONE;
    case CURLE_URL_MALFORMAT: return CCURL_BAD_URL;
    case CURLE_COULDNT_RESOLVE_HOST: return CCURL_UNKNOWN_NAME;
    case CURLE_COULDNT_CONNECT: return CCURL_CANNOT_CONNECT;
    case CURLE_OPERATION_TIMEDOUT: return CCURL_TIMED_OUT;
    case CURLE_SSL_CONNECT_ERROR: return CCURL_TLS_FAILED;
    case CURLE_PEER_FAILED_VERIFICATION: return CCURL_CERTIFICATE_REFUSED;
    case CURLE_SSL_CACERT_BADFILE: return CCURL_BAD_AUTHORITY;
    case CURLE_GOT_NOTHING: return CCURL_NO_ANSWER;
    case CURLE_PARTIAL_FILE: return CCURL_CUT_ANSWER;
    // An answer without a status line is taken for HTTP/0.9, which is not allowed.
    case CURLE_UNSUPPORTED_PROTOCOL: case CURLE_WEIRD_SERVER_REPLY: case CURLE_HTTP2: return CCURL_NOT_HTTP;
    case CURLE_FILESIZE_EXCEEDED: return CCURL_TOO_LARGE;
    case CURLE_WRITE_ERROR: case CURLE_ABORTED_BY_CALLBACK: return CCURL_STOPPED;
    case CURLE_SEND_ERROR: case CURLE_RECV_ERROR: return CCURL_BROKEN;
    case CURLE_OUT_OF_MEMORY: return CCURL_NO_MEMORY;
    default: return CCURL_OTHER;
    }
}

void ccurl_describe(ccurl_transfer *transfer, CURLcode code, ccurl_outcome *outcome) {
    long system_error = 0, certificate = 0;
    curl_off_t ready = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system_error);
    curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &certificate);
    curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    outcome->result = result_of(code);
    outcome->code = (int32_t)code;
    outcome->system_error = (int32_t)system_error;
    outcome->certificate_error = (int32_t)certificate;
    outcome->connected = ready > 0;
    outcome->words = transfer->words;
}

void ccurl_transfer_look(ccurl_transfer *transfer, ccurl_outcome *outcome) {
    ccurl_describe(transfer, CURLE_OK, outcome);
}

int32_t ccurl_transfer_local_port(const ccurl_transfer *transfer) {
    long port = 0;
    return curl_easy_getinfo(transfer->easy, CURLINFO_LOCAL_PORT, &port) == CURLE_OK ? (int32_t)port : 0;
}

bool ccurl_socket_address(int32_t descriptor, bool of_peer, char *text, size_t size) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int failed = of_peer ? getpeername(descriptor, (struct sockaddr *)&address, &length)
                         : getsockname(descriptor, (struct sockaddr *)&address, &length);
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (failed || getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                              NI_NUMERICHOST | NI_NUMERICSERV)) return false;
    const char *form = address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s";
    return (size_t)snprintf(text, size, form, host, port) < size;
}
