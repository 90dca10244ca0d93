#include "Internal.h"
#include <pthread.h>
#include <stdlib.h>

static bool started;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start(void) { started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; }

bool ccurl_start(void) {
    pthread_once(&once, start);
    return started;
}

const char *ccurl_version(void) { return curl_version_info(CURLVERSION_NOW)->version; }

ccurl_group *ccurl_group_new(int64_t idle_connections, const ccurl_sockets *sockets) {
    ccurl_group *group = calloc(1, sizeof *group);
    if (!group) return NULL;
    group->sockets = *sockets;
    group->multi = curl_multi_init();
    if (!group->multi) {
        free(group);
        return NULL;
    }
    curl_multi_setopt(group->multi, CURLMOPT_MAXCONNECTS, (long)idle_connections);
    curl_multi_setopt(group->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return group;
}

void ccurl_group_free(ccurl_group *group) {
    curl_multi_cleanup(group->multi);
    free(group);
}

bool ccurl_group_perform(ccurl_group *group) {
    int running = 0;
    return curl_multi_perform(group->multi, &running) == CURLM_OK;
}

bool ccurl_group_wait(ccurl_group *group, int32_t milliseconds) {
    return curl_multi_poll(group->multi, NULL, 0, milliseconds, NULL) == CURLM_OK;
}

void ccurl_group_wake(ccurl_group *group) { curl_multi_wakeup(group->multi); }

ccurl_transfer *ccurl_group_ended(ccurl_group *group, ccurl_outcome *outcome) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(group->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        char *own = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &own);
        ccurl_transfer *transfer = (ccurl_transfer *)own;
        if (!transfer) continue;
        ccurl_describe(transfer, message->data.result, outcome);
        return transfer;
    }
    return NULL;
}

bool ccurl_group_add(ccurl_group *group, ccurl_transfer *transfer) {
    return curl_multi_add_handle(group->multi, transfer->easy) == CURLM_OK;
}

void ccurl_group_remove(ccurl_group *group, ccurl_transfer *transfer) {
    curl_multi_remove_handle(group->multi, transfer->easy);
}
