#ifndef CPMCHECK_CLIBCURL_H
#define CPMCHECK_CLIBCURL_H
#include <curl/curl.h>
#endif
