// Shared by the files of the shim only.
#ifndef CXMLSHIM_INTERNAL_H
#define CXMLSHIM_INTERNAL_H

#include "CXMLShim.h"

// ICU's headers, which libxml2's would pull in, clash with Foundation's.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>

/// Passes one of libxml2's errors on.
void cxml_pass_error(cxml_faults faults, int32_t kind, const xmlError *error);

/// Looks through the text before libxml2 does, for what libxml2 would spend too long on.
/// 0 when there is nothing, else the kind of fault with its line and message.
int32_t cxml_scan(const uint8_t *bytes, size_t length, const cxml_limits *limits, int64_t *line, const char **message);

/// To be called once, before the first parser is taken.
void cxml_start_keeping(void);

/// A parser for one document: the one that this thread kept, or a new one; NULL when memory is out.
xmlParserCtxtPtr cxml_take_parser(void);

/// Keeps the parser for this thread's next document, or frees it.
void cxml_give_back_parser(xmlParserCtxtPtr parser, bool failed);

#endif
