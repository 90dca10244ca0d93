// libxml2's headers pull in ICU's, which clash with Foundation's: switch that off before anything else.
#ifndef CPMCHECK_CLIBXML2_H
#define CPMCHECK_CLIBXML2_H
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>
#include <libxml/relaxng.h>
#endif
