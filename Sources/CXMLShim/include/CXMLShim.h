// The whole of libxml2 that this project uses, behind an interface without a libxml2 type.
//
// A document is confined to one thread; a compiled schema may be used from several at once.
#ifndef CXMLSHIM_H
#define CXMLSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cxml_document cxml_document;
typedef struct cxml_node cxml_node;
typedef struct cxml_attribute cxml_attribute;
typedef struct cxml_schema cxml_schema;

/// What a fault is about.
enum {
    /// The text is not well-formed XML.
    CXML_MALFORMED = 1,
    /// The document breaks its schema, or a schema cannot be compiled.
    CXML_INVALID = 2,
    /// The document is larger than the limit.
    CXML_TOO_LARGE = 3,
    /// The document has a document type declaration.
    CXML_DOCTYPE = 4,
    /// Elements are nested too deeply.
    CXML_TOO_DEEP = 5,
    /// Too many elements, attributes of one element or namespaces in scope.
    CXML_TOO_MANY = 6,
    /// The encoding is not UTF-8, US-ASCII or ISO-8859-1.
    CXML_ENCODING = 7,
    /// libxml2 itself failed, for want of memory for instance.
    CXML_INTERNAL = 8,
};

/// Called for each fault; `message` lives only during the call. Lines and columns count from 1, 0 is unknown.
typedef void (*cxml_fault_handler)(void *context, int32_t kind, int64_t line, int64_t column, const char *message);

/// Where faults go.
typedef struct {
    cxml_fault_handler handler;
    void *context;
} cxml_faults;

/// The bounds of one document.
typedef struct {
    size_t bytes;
    /// Nested elements.
    int32_t depth;
    /// Elements and attributes together.
    int64_t nodes;
    /// Attributes and namespace declarations of one element.
    int32_t attributes;
    /// Namespace declarations in scope at one place.
    int32_t namespaces;
} cxml_limits;

/// Sets libxml2 up. To be called once, before anything else.
void cxml_start(void);

/// Parses a document: no network, no entities, no document type. NULL after a fault.
cxml_document *cxml_parse(const uint8_t *bytes, size_t length, const cxml_limits *limits, cxml_faults faults);
void cxml_document_free(cxml_document *document);

/// How many names this thread's kept parser remembers; 0 when it keeps none. It is bounded, whatever was parsed.
size_t cxml_kept_names(void);

const cxml_node *cxml_root(const cxml_document *document);
/// The first child element, or NULL.
const cxml_node *cxml_first_element(const cxml_node *node);
/// The next sibling element, or NULL.
const cxml_node *cxml_next_element(const cxml_node *node);
const char *cxml_name(const cxml_node *node);
/// NULL when the element is in no namespace.
const char *cxml_namespace(const cxml_node *node);
bool cxml_is(const cxml_node *node, const char *name, const char *name_space);
int64_t cxml_line(const cxml_node *node);

const cxml_attribute *cxml_first_attribute(const cxml_node *node);
const cxml_attribute *cxml_next_attribute(const cxml_attribute *attribute);
/// The attribute of that name in that namespace (NULL: none), or NULL.
const cxml_attribute *cxml_attribute_named(const cxml_node *node, const char *name, const char *name_space);
const char *cxml_attribute_name(const cxml_attribute *attribute);
const char *cxml_attribute_namespace(const cxml_attribute *attribute);

/// The first piece of text directly under an element, or NULL; `cxml_next_text` gives the others.
const cxml_node *cxml_first_text(const cxml_node *node);
const cxml_node *cxml_attribute_first_text(const cxml_attribute *attribute);
const cxml_node *cxml_next_text(const cxml_node *text);
const char *cxml_text(const cxml_node *text);

/// One schema document, known to the others by its name.
typedef struct {
    const char *name;
    const uint8_t *bytes;
    size_t length;
} cxml_schema_source;

/// Compiles the first of the sources; imports and includes find the others by name and nothing else. NULL after a fault.
cxml_schema *cxml_schema_compile(const cxml_schema_source *sources, size_t count, cxml_faults faults);
void cxml_schema_free(cxml_schema *schema);
/// Validates a document: 0 valid, 1 not, -1 libxml2 failed.
int cxml_validate(const cxml_schema *schema, const cxml_document *document, cxml_faults faults);

#endif
