// Shared by the files of the shim only.
#ifndef CCURLSHIM_INTERNAL_H
#define CCURLSHIM_INTERNAL_H

#include "CCurlShim.h"
#include <curl/curl.h>

struct ccurl_group {
    CURLM *multi;
    ccurl_sockets sockets;
};

struct ccurl_transfer {
    ccurl_group *group;
    CURL *easy;
    ccurl_callbacks callbacks;
    struct curl_slist *headers;
    struct curl_slist *connect_to;
    char words[CURL_ERROR_SIZE];
};

/// Fills in an outcome; `code` is that of a finished transfer, or CURLE_OK for one on its way.
void ccurl_describe(ccurl_transfer *transfer, CURLcode code, ccurl_outcome *outcome);

#endif
