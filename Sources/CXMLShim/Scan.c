#define _GNU_SOURCE  // memmem
#include "Internal.h"
#include <string.h>
#include <strings.h>

// libxml2 compares each attribute of an element with all before it, so that one element of 4 MB takes minutes, and it
// reads encodings in which '<' is not '<'. Both are found here in one quick pass, before it sees the text.

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} span;

static const uint8_t *find_text(span s, const char *text, size_t length) {
    return memmem(s.at, (size_t)(s.end - s.at), text, length);
}

static int64_t line_of(const uint8_t *begin, const uint8_t *at) {
    int64_t line = 1;
    for (const uint8_t *p = begin; p < at; p++) line += *p == '\n';
    return line;
}

/// Steps behind a tag and counts its attributes, by their equals signs outside of quotes; -1 when a value holds a '<',
/// behind which the parser and this pass would disagree.
static int32_t skip_tag(span *s) {
    int32_t attributes = 0;
    while (s->at < s->end) {
        uint8_t c = *s->at++;
        if (c == '>') return attributes;
        if (c == '<') {
            s->at--;
            return attributes;
        }
        if (c == '=') attributes++;
        if (c != '"' && c != '\'') continue;
        const uint8_t *close = memchr(s->at, c, (size_t)(s->end - s->at));
        if (!close) close = s->end;
        if (memchr(s->at, '<', (size_t)(close - s->at))) return -1;
        s->at = close < s->end ? close + 1 : s->end;
    }
    return attributes;
}

/// Steps behind a comment, CDATA section or processing instruction; false when `s` is at none of them.
static bool skip_other(span *s) {
    static const struct {
        const char *open, *close;
    } kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t open = strlen(kinds[i].open), close = strlen(kinds[i].close);
        if ((size_t)(s->end - s->at) < open || memcmp(s->at, kinds[i].open, open) != 0) continue;
        s->at += open;
        const uint8_t *found = find_text(*s, kinds[i].close, close);
        s->at = found ? found + close : s->end;
        return true;
    }
    return false;
}

static bool encoding_is_plain(const uint8_t *name, size_t length) {
    static const char *const plain[] = {"UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859-1"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strlen(plain[i]) == length && strncasecmp((const char *)name, plain[i], length) == 0) return true;
    }
    return false;
}

/// Whether an XML declaration, if there is one, names an encoding in which markup is ASCII.
static bool declaration_is_plain(span s) {
    if (s.end - s.at < 5 || memcmp(s.at, "<?xml", 5) != 0) return true;
    const uint8_t *close = find_text(s, "?>", 2);
    if (close) s.end = close;
    const uint8_t *name = find_text(s, "encoding", 8);
    if (!name) return true;
    name += 8;
    while (name < s.end && *name != '"' && *name != '\'') name++;
    if (name == s.end) return true;
    const uint8_t *first = name + 1;
    const uint8_t *last = memchr(first, *name, (size_t)(s.end - first));
    return last && encoding_is_plain(first, (size_t)(last - first));
}

/// Whether the text starts like XML in an encoding in which markup is ASCII.
static int32_t check_start(span s, const char **message) {
    span start = s;
    while (start.at < start.end && (*start.at == ' ' || (*start.at >= 9 && *start.at <= 13))) start.at++;
    if (start.at == start.end) return 0;
    bool zero = *start.at == 0 || (start.end - start.at > 1 && start.at[1] == 0);
    if (zero || *start.at >= 0x80) {
        *message = "the text is in an encoding other than UTF-8; send UTF-8";
        return CXML_ENCODING;
    }
    if (*start.at != '<') {
        *message = "the text does not start with '<'";
        return CXML_MALFORMED;
    }
    if (declaration_is_plain(s)) return 0;
    *message = "the XML declaration names an encoding other than UTF-8; send UTF-8";
    return CXML_ENCODING;
}

/// The fewest bytes that more attributes than are allowed can take: a blank, a letter and `=""` each.
static size_t harmless_length(const cxml_limits *limits) { return 4 * ((size_t)limits->attributes + 1); }

/// Says where and what; `attributes` is what `skip_tag` gave.
static int32_t fault(const uint8_t *bytes, const uint8_t *at, int32_t attributes, int64_t *line, const char **message) {
    *line = line_of(bytes, at);
    *message = attributes < 0 ? "an attribute value contains '<'" : "an element has more attributes than are allowed";
    return attributes < 0 ? CXML_MALFORMED : CXML_TOO_MANY;
}

int32_t cxml_scan(const uint8_t *bytes, size_t length, const cxml_limits *limits, int64_t *line, const char **message) {
    span s = {bytes, bytes + length};
    *line = 1;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) s.at += 3;
    int32_t kind = check_start(s, message);
    if (kind != 0) return kind;
    const uint8_t *unread = NULL;  // the last tag that was stepped over for its shortness
    const uint8_t *open = memchr(s.at, '<', (size_t)(s.end - s.at));
    while (open) {
        s.at = open + 1;
        const uint8_t *next = memchr(s.at, '<', (size_t)(s.end - s.at));
        bool is_other = s.at < s.end && (*s.at == '!' || *s.at == '?');
        if (!is_other && (size_t)((next ? next : s.end) - s.at) < harmless_length(limits)) {
            unread = open;
            open = next;
            continue;
        }
        // Whether this is outside of a value, and so what the parser takes it for too.
        span before = {unread ? unread + 1 : s.at, s.at};
        if (unread && skip_tag(&before) < 0) return fault(bytes, unread, -1, line, message);
        unread = NULL;
        if (is_other) {
            s.at = open;
            if (!skip_other(&s)) break;  // a document type: the parser refuses it
            open = memchr(s.at, '<', (size_t)(s.end - s.at));
            continue;
        }
        int32_t attributes = skip_tag(&s);
        if (attributes < 0 || attributes > limits->attributes) return fault(bytes, open, attributes, line, message);
        open = next;
    }
    return 0;
}
