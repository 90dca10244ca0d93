#include "Internal.h"
#include <string.h>

// libxml2 has one loader of external documents for the whole process. Ours knows only the documents of the schema that
// this thread is compiling; everything else, wherever it is asked for, is not there.
static _Thread_local const cxml_schema_source *known_sources;
static _Thread_local size_t known_count;

static const cxml_schema_source *known_source(const char *url) {
    if (!url) return NULL;
    const char *slash = strrchr(url, '/');
    const char *name = slash ? slash + 1 : url;
    for (size_t i = 0; i < known_count; i++) {
        if (strcmp(known_sources[i].name, name) == 0) return &known_sources[i];
    }
    return NULL;
}

static xmlParserInputPtr load_known(const char *url, const char *identifier, xmlParserCtxtPtr parser) {
    (void)identifier;
    const cxml_schema_source *source = known_source(url);
    if (!source) return NULL;
    xmlParserInputBufferPtr buffer =
        xmlParserInputBufferCreateMem((const char *)source->bytes, (int)source->length, XML_CHAR_ENCODING_NONE);
    if (!buffer) return NULL;
    xmlParserInputPtr input = xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE);
    if (!input) {
        xmlFreeParserInputBuffer(buffer);
        return NULL;
    }
    input->filename = (const char *)xmlStrdup((const xmlChar *)url);
    return input;
}

static void silent(void *context, const char *format, ...) { (void)context, (void)format; }

void cxml_start(void) {
    xmlInitParser();
    cxml_start_keeping();
    xmlSchemaInitTypes();
    xmlSetExternalEntityLoader(load_known);
    // Whatever has no handler of its own would otherwise be printed.
    xmlSetGenericErrorFunc(NULL, silent);
    xmlThrDefSetGenericErrorFunc(NULL, silent);
}

static void on_error(void *context, xmlErrorPtr error) {
    const cxml_faults *faults = context;
    cxml_pass_error(*faults, CXML_INVALID, error);
}

cxml_schema *cxml_schema_compile(const cxml_schema_source *sources, size_t count, cxml_faults faults) {
    if (count == 0) return NULL;
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewMemParserCtxt((const char *)sources[0].bytes, (int)sources[0].length);
    if (!parser) return NULL;
    xmlSchemaSetParserStructuredErrors(parser, on_error, &faults);
    known_sources = sources;
    known_count = count;
    xmlSchemaPtr schema = xmlSchemaParse(parser);
    known_sources = NULL;
    known_count = 0;
    xmlSchemaFreeParserCtxt(parser);
    return (cxml_schema *)schema;
}

void cxml_schema_free(cxml_schema *schema) { xmlSchemaFree((xmlSchemaPtr)schema); }

int cxml_validate(const cxml_schema *schema, const cxml_document *document, cxml_faults faults) {
    xmlSchemaValidCtxtPtr validator = xmlSchemaNewValidCtxt((xmlSchemaPtr)schema);
    if (!validator) return -1;
    xmlSchemaSetValidStructuredErrors(validator, on_error, &faults);
    int result = xmlSchemaValidateDoc(validator, (xmlDocPtr)document);
    xmlSchemaFreeValidCtxt(validator);
    return result < 0 ? -1 : result > 0;
}
