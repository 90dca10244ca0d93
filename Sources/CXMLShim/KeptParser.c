#include "Internal.h"
#include <pthread.h>

// A parser with its dictionary of names is worth keeping: making and freeing one costs a tenth of a document's time. Each
// thread keeps its own, since a dictionary must not be written by two at once, and throws it away when it has grown large
// on names that a stranger made up.
static pthread_key_t kept;
static bool has_key;

enum { NAMES_KEPT = 4096 };

static void free_parser(void *parser) { xmlFreeParserCtxt(parser); }

void cxml_start_keeping(void) { has_key = pthread_key_create(&kept, free_parser) == 0; }

xmlParserCtxtPtr cxml_take_parser(void) {
    xmlParserCtxtPtr parser = has_key ? pthread_getspecific(kept) : NULL;
    if (!parser) return xmlNewParserCtxt();
    // Taken out meanwhile, so that a document parsed by a fault handler finds one of its own.
    pthread_setspecific(kept, NULL);
    return parser;
}

void cxml_give_back_parser(xmlParserCtxtPtr parser, bool failed) {
    bool is_worth_it = has_key && !failed && parser->dict && xmlDictSize(parser->dict) <= NAMES_KEPT;
    if (is_worth_it && !pthread_getspecific(kept) && pthread_setspecific(kept, parser) == 0) return;
    xmlFreeParserCtxt(parser);
}

size_t cxml_kept_names(void) {
    xmlParserCtxtPtr parser = has_key ? pthread_getspecific(kept) : NULL;
    return parser && parser->dict ? (size_t)xmlDictSize(parser->dict) : 0;
}
