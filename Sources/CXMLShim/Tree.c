#include "Internal.h"
#include <string.h>

static const cxml_node *next_of_type(const xmlNode *node, xmlElementType type) {
    while (node && node->type != type) node = node->next;
    return (const cxml_node *)node;
}

static bool same(const char *a, const xmlChar *b) {
    return a == NULL || b == NULL ? a == NULL && b == NULL : strcmp(a, (const char *)b) == 0;
}

const cxml_node *cxml_root(const cxml_document *document) {
    return (const cxml_node *)xmlDocGetRootElement((const xmlDoc *)document);
}

const cxml_node *cxml_first_element(const cxml_node *node) {
    return next_of_type(((const xmlNode *)node)->children, XML_ELEMENT_NODE);
}

const cxml_node *cxml_next_element(const cxml_node *node) {
    return next_of_type(((const xmlNode *)node)->next, XML_ELEMENT_NODE);
}

const char *cxml_name(const cxml_node *node) { return (const char *)((const xmlNode *)node)->name; }

const char *cxml_namespace(const cxml_node *node) {
    const xmlNs *ns = ((const xmlNode *)node)->ns;
    return ns ? (const char *)ns->href : NULL;
}

bool cxml_is(const cxml_node *node, const char *name, const char *name_space) {
    const xmlNode *n = (const xmlNode *)node;
    return same(name, n->name) && same(name_space, n->ns ? n->ns->href : NULL);
}

int64_t cxml_line(const cxml_node *node) { return xmlGetLineNo((const xmlNode *)node); }

const cxml_attribute *cxml_first_attribute(const cxml_node *node) {
    return (const cxml_attribute *)((const xmlNode *)node)->properties;
}

const cxml_attribute *cxml_next_attribute(const cxml_attribute *attribute) {
    return (const cxml_attribute *)((const xmlAttr *)attribute)->next;
}

const cxml_attribute *cxml_attribute_named(const cxml_node *node, const char *name, const char *name_space) {
    for (const xmlAttr *a = ((const xmlNode *)node)->properties; a; a = a->next) {
        if (same(name, a->name) && same(name_space, a->ns ? a->ns->href : NULL)) return (const cxml_attribute *)a;
    }
    return NULL;
}

const char *cxml_attribute_name(const cxml_attribute *attribute) {
    return (const char *)((const xmlAttr *)attribute)->name;
}

const char *cxml_attribute_namespace(const cxml_attribute *attribute) {
    const xmlNs *ns = ((const xmlAttr *)attribute)->ns;
    return ns ? (const char *)ns->href : NULL;
}

const cxml_node *cxml_first_text(const cxml_node *node) {
    return next_of_type(((const xmlNode *)node)->children, XML_TEXT_NODE);
}

const cxml_node *cxml_attribute_first_text(const cxml_attribute *attribute) {
    return next_of_type(((const xmlAttr *)attribute)->children, XML_TEXT_NODE);
}

const cxml_node *cxml_next_text(const cxml_node *text) {
    return next_of_type(((const xmlNode *)text)->next, XML_TEXT_NODE);
}

const char *cxml_text(const cxml_node *text) {
    const char *content = (const char *)((const xmlNode *)text)->content;
    return content ? content : "";
}
