#include "Internal.h"
#include <stdlib.h>
#include <string.h>

/// What the SAX callbacks need to know; reached through `_private` of the parser context.
typedef struct {
    const cxml_limits *limits;
    cxml_faults faults;
    int64_t nodes;
    bool failed;
} parse_state;

void cxml_pass_error(cxml_faults faults, int32_t kind, const xmlError *error) {
    int64_t column = error->domain == XML_FROM_PARSER || error->domain == XML_FROM_NAMESPACE ? error->int2 : 0;
    faults.handler(faults.context, error->code == XML_ERR_NO_MEMORY ? CXML_INTERNAL : kind, error->line, column,
                   error->message ? error->message : "no further word from the parser");
}

static void refuse(xmlParserCtxtPtr parser, int32_t kind, const char *message) {
    parse_state *state = parser->_private;
    if (!state->failed) {
        int64_t line = parser->input ? parser->input->line : 0;
        int64_t column = parser->input ? parser->input->col : 0;
        state->faults.handler(state->faults.context, kind, line, column, message);
    }
    state->failed = true;
    xmlStopParser(parser);
}

static void on_error(void *context, xmlErrorPtr error) {
    xmlParserCtxtPtr parser = context;
    parse_state *state = parser ? parser->_private : NULL;
    if (!state || error->level < XML_ERR_ERROR) return;
    if (!state->failed) cxml_pass_error(state->faults, CXML_MALFORMED, error);
    state->failed = true;
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id) {
    (void)name, (void)public_id, (void)system_id;
    refuse(context, CXML_DOCTYPE, "the document has a document type declaration; leave it out");
}

static bool is_schema_hint(const xmlChar **attribute) {
    return attribute[2] && xmlStrEqual(attribute[2], BAD_CAST "http://www.w3.org/2001/XMLSchema-instance")
        && (xmlStrEqual(attribute[0], BAD_CAST "schemaLocation")
            || xmlStrEqual(attribute[0], BAD_CAST "noNamespaceSchemaLocation"));
}

static bool has_schema_hint(int count, const xmlChar **attributes) {
    for (int i = 0; i < count; i++) {
        if (is_schema_hint(attributes + 5 * i)) return true;
    }
    return false;
}

static void on_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                       int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted,
                       const xmlChar **attributes) {
    xmlParserCtxtPtr parser = context;
    parse_state *state = parser->_private;
    state->nodes += 1 + attribute_count;
    if (parser->nodeNr >= state->limits->depth) {
        refuse(parser, CXML_TOO_DEEP, "elements are nested deeper than is allowed");
        return;
    }
    if (state->nodes > state->limits->nodes) {
        refuse(parser, CXML_TOO_MANY, "the document has more elements and attributes than are allowed");
        return;
    }
    if (parser->nsNr > 2 * state->limits->namespaces) {
        refuse(parser, CXML_TOO_MANY, "more namespaces are in scope than are allowed");
        return;
    }
    if (!has_schema_hint(attribute_count, attributes)) {
        xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count, namespaces, attribute_count, defaulted,
                              attributes);
        return;
    }
    // The validator would try to load what xsi:schemaLocation names, and touch the shared schema for that.
    const xmlChar **kept = malloc(sizeof *kept * 5 * (size_t)attribute_count);
    if (!kept) {
        refuse(parser, CXML_INTERNAL, "out of memory");
        return;
    }
    int count = 0;
    for (int i = 0; i < attribute_count; i++) {
        if (!is_schema_hint(attributes + 5 * i)) memcpy(kept + 5 * count++, attributes + 5 * i, 5 * sizeof *kept);
    }
    xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count, namespaces, count, 0, kept);
    free(kept);
}

static void set_callbacks(xmlParserCtxtPtr parser, parse_state *state) {
    parser->_private = state;
    parser->sax->serror = on_error;
    parser->sax->internalSubset = on_doctype;
    parser->sax->startElementNs = on_element;
    // Neither says anything to us, and without them neighbouring text is one piece.
    parser->sax->comment = NULL;
    parser->sax->processingInstruction = NULL;
}

cxml_document *cxml_parse(const uint8_t *bytes, size_t length, const cxml_limits *limits, cxml_faults faults) {
    if (length > limits->bytes || length > INT32_MAX) {
        faults.handler(faults.context, CXML_TOO_LARGE, 0, 0, "the document is larger than is allowed");
        return NULL;
    }
    int64_t line = 0;
    const char *message = NULL;
    int32_t kind = cxml_scan(bytes, length, limits, &line, &message);
    if (kind != 0) {
        faults.handler(faults.context, kind, line, 0, message);
        return NULL;
    }
    xmlParserCtxtPtr parser = cxml_take_parser();
    if (!parser) {
        faults.handler(faults.context, CXML_INTERNAL, 0, 0, "out of memory");
        return NULL;
    }
    parse_state state = {limits, faults, 0, false};
    set_callbacks(parser, &state);
    xmlDocPtr document = xmlCtxtReadMemory(parser, (const char *)bytes, (int)length, NULL, NULL,
                                           XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES | XML_PARSE_COMPACT);
    if (!state.failed && (!document || !xmlDocGetRootElement(document))) {
        faults.handler(faults.context, CXML_MALFORMED, 1, 0, "the document has no root element");
        state.failed = true;
    }
    if (state.failed) {
        // A parser that was stopped leaves its half-made document behind.
        if (!document) document = parser->myDoc;
        if (document) xmlFreeDoc(document);
        document = NULL;
    }
    parser->myDoc = NULL;
    parser->_private = NULL;
    cxml_give_back_parser(parser, state.failed);
    return (cxml_document *)document;
}

void cxml_document_free(cxml_document *document) { xmlFreeDoc((xmlDocPtr)document); }
