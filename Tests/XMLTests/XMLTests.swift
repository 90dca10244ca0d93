import Diagnostics
import Testing

@testable import XML

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

@Suite("Parsing")
struct ParsingTests {
    @Test("the tree has names, namespaces, attributes, text and lines")
    func tree() throws {
        let text = """
            <?xml version="1.0"?>
            <a xmlns="urn:a" xmlns:b="urn:b" c="1" b:c="&lt;&#x41;&quot;&amp;">
              <!-- gone --><b:d>one<![CDATA[<two>]]>&amp;<e/>three</b:d>
              <f xmlns=""/>
            </a>
            """
        let root = try XMLTree(text.bytes).root
        #expect(root.name == "a")
        #expect(root.namespace == "urn:a")
        #expect(root.attribute("c") == "1")
        #expect(root.attribute("c", in: "urn:b") == "<A\"&")
        #expect(root.attribute("d") == nil)
        #expect(root.children.map(\.name) == ["d", "f"])
        #expect(root.children.map(\.namespace) == ["urn:b", nil])
        #expect(root.children[0].text == "one<two>&three")
        #expect(root.children.map(\.line) == [3, 4])
        #expect(root.children[0].children[0].namespace == "urn:a")
    }

    @Test("cursors match by name and namespace, and keep the document alive")
    func cursors() throws {
        func first() throws -> XMLCursor? {
            try ParsedXML("<a xmlns='urn:a'><b x=''> t </b></a>".bytes).root.children.first { _ in true }
        }
        let cursor = try #require(try first())
        #expect(cursor.matches("b", in: "urn:a"))
        #expect(!cursor.matches("b", in: "urn:b"))
        #expect(!cursor.matches("a", in: "urn:a"))
        #expect(cursor.text == " t ")
        #expect(cursor.token == "t")
        #expect(cursor.attribute("x") == "")
    }

    @Test("lines beyond 65,535 are told")
    func manyLines() throws {
        let text = "<a>" + String(repeating: "\n", count: 70_000) + "<b/>" + String(repeating: "\n", count: 10) + "</c>"
        #expect { try ParsedXML(text.bytes) } throws: { ($0 as? XMLProblem)?.line == 70_011 }
    }

    @Test("an error has line and column")
    func place() {
        #expect { try ParsedXML("<a>\n  <b>\n</a>".bytes) } throws: { error in
            guard let problem = error as? XMLProblem else { return false }
            return problem.code == .malformed && problem.line == 3 && problem.column > 1
        }
    }

    @Test("what is written reads as it was")
    func writer() throws {
        let nasty = "a<b>&\"'\r\n\t]]> é😀"
        var writer = XMLWriter()
        writer.open("r", [("x", nasty), ("y", nil)])
        writer.element("e", nasty)
        writer.element("none", nil)
        writer.empty("z")
        writer.characters("\u{0}\u{1}\u{FFFE}ok\u{FFFF}")
        writer.close()
        let root = try XMLTree(writer.bytes).root
        #expect(root.attribute("x") == nasty)
        #expect(root.attributes.count == 1)
        #expect(root.children.map(\.name) == ["e", "z"])
        #expect(root.children[0].text == nasty)
        #expect(root.text == "ok")
    }
}

@Suite("Hostile documents")
struct HostileTests {
    /// Refused with that code, and in well under a second.
    private func refused(_ text: [UInt8], _ codes: XMLProblem.Code...) {
        let clock = ContinuousClock()
        let took = clock.measure {
            #expect { try ParsedXML(text) } throws: { error in
                (error as? XMLProblem).map { codes.contains($0.code) } ?? false
            }
        }
        #expect(took < .seconds(5), "\(codes) took \(took)")
    }

    @Test("a billion laughs are not laughed")
    func laughs() {
        let entities = (1...9).map { n in
            "<!ENTITY l\(n) \"\(String(repeating: "&l\(n - 1);", count: 10))\">"
        }
        refused("<!DOCTYPE a [<!ENTITY l0 \"lol\">\(entities.joined())]><a>&l9;</a>".bytes, .doctype)
    }

    @Test("external entities and subsets are not fetched", arguments: [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "<!DOCTYPE a SYSTEM \"http://192.0.2.1/a.dtd\"><a/>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://192.0.2.1/p\">%p;]><a/>", "<!-- x --><!DOCTYPE a><a/>",
    ])
    func external(text: String) {
        refused(text.bytes, .doctype)
    }

    @Test("a document over the limit is refused unread, at the limit it is read")
    func size() throws {
        let frame = "<a></a>".utf8.count
        let limit = XMLLimits().bytes
        #expect(limit == 4 * 1024 * 1024)
        let atLimit = "<a>".bytes + [UInt8](repeating: 0x20, count: limit - frame) + "</a>".bytes
        #expect(throws: Never.self) { try ParsedXML(atLimit) }
        refused(atLimit + [0x20], .tooLarge)
    }

    @Test("a depth bomb is refused, 64 deep is read")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            (String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).bytes
        }
        #expect(throws: Never.self) { try ParsedXML(nested(64)) }
        refused(nested(65), .tooDeep)
        refused(nested(500_000), .tooDeep)
    }

    @Test("4 MB of attributes, of elements or of namespaces are refused quickly")
    func quantities() {
        let attributes = (0..<300_000).map { "a\($0)=''" }.joined(separator: " ")
        refused("<a \(attributes)/>".bytes, .tooMany)
        refused("<a>\(String(repeating: "<b/>", count: 1_000_000))</a>".bytes, .tooMany)
        let spaces = (0..<60).map { level in
            "<a " + (0..<60).map { "xmlns:p\(level)x\($0)='urn:\(level):\($0)'" }.joined(separator: " ") + ">"
        }
        refused((spaces.joined() + String(repeating: "<b/>", count: 100_000)).bytes, .tooMany)
    }

    @Test("attributes cannot be hidden from the count behind a quote")
    func hidden() {
        let attributes = (0..<300_000).map { "b\($0)=''" }.joined(separator: " ")
        refused("<a x=\"<c \(attributes)\"/>".bytes, .malformed)
        refused("<a><!-- ' --><c x='>' \(attributes)/></a>".bytes, .tooMany)
        refused("<a><![CDATA[ \" ]]><c \(attributes)/></a>".bytes, .tooMany)
        refused("<a><?p ' ?><c \(attributes)/></a>".bytes, .tooMany)
        refused("<a x=\"<!--\" \(attributes)/>".bytes, .malformed)
        refused("<a x=\"<?\" \(attributes)/>".bytes, .malformed)
        refused("<a><b/><c x='><![CDATA[' \(attributes)/></a>".bytes, .malformed)
        refused("<a><b/><!-- <d x=' --><c \(attributes)/></a>".bytes, .tooMany)
    }

    @Test("a parser that is used again remembers nothing of what it read or refused before")
    func usedAgain() throws {
        let good = "<a xmlns='urn:x' xmlns:p='urn:y'><p:b c='1'>text</p:b></a>".bytes
        let first = try XMLTree(good)
        for bad in ["<a", "<a></b>", "<p:b/>", "<!DOCTYPE a><a/>", "<a><b></a>", "<a x='1' x='1'/>", "<a>&unknown;</a>"] {
            #expect(throws: XMLProblem.self, "\(bad)") { try XMLTree(bad.bytes) }
            #expect(try XMLTree(good) == first, "after \(bad)")
        }
        // A prefix of one document means nothing in the next.
        refused("<p:b/>".bytes, .malformed)
    }

    @Test("names that strangers make up do not pile up from document to document")
    func madeUpNames() throws {
        func document(_ number: Int) -> [UInt8] {
            "<a>\((0..<10_000).map { "<n\(number)x\($0)/>" }.joined())</a>".bytes
        }
        for number in 0..<3 {
            _ = try XMLTree(document(number))
            #expect(Library.keptNames < 5_000)
        }
        _ = try XMLTree("<a><b/></a>".bytes)
        #expect(Library.keptNames > 0, "a small document's parser is kept")
    }

    @Test("encodings in which markup looks otherwise are refused", arguments: [
        "<?xml version='1.0' encoding='UTF-16'?><a/>", "<?xml version='1.0' encoding=\"UTF-7\"?><a/>",
        "<?xml version='1.0' encoding='IBM037'?><a/>", "<?xml version='1.0' encoding='UCS-4'?><a/>", "\0<\0a",
    ])
    func encodings(text: String) {
        refused(text.bytes, .encoding)
    }

    @Test("an empty document is malformed")
    func empty() {
        refused([], .malformed)
        refused([0xEF, 0xBB, 0xBF], .malformed)
        refused("  \n".bytes, .malformed)
    }

    @Test("truncation at any byte is an error, never worse")
    func truncation() {
        let text = "<?xml version='1.0' encoding='UTF-8'?><a x='1' xmlns:p='urn:p'><!-- c --><p:b><![CDATA[d]]></p:b>é&#65;</a>".bytes
        #expect(throws: Never.self) { try ParsedXML(text) }
        // Cut off inside the declaration, the encoding may be a different one.
        for length in 0..<text.count { refused(Array(text[..<length]), .malformed, .encoding) }
    }
}

@Suite("Validation")
struct ValidationTests {
    private static let main = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:m" xmlns="urn:m" elementFormDefault="qualified">
          <xs:import namespace="urn:o" schemaLocation="other.xsd"/>
          <xs:element name="m">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="n" type="xs:int" maxOccurs="unbounded"/>
                <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:schema>
        """
    private static let other = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o">
          <xs:element name="o" type="xs:boolean"/>
        </xs:schema>
        """

    private static func schema() throws -> XMLSchema {
        try XMLSchema(documents: ["main.xsd": main, "other.xsd": other], main: "main.xsd")
    }

    @Test("violations are told with their lines, imports are followed")
    func lines() throws {
        let schema = try Self.schema()
        #expect(schema.validate("<m xmlns='urn:m'><n>1</n><o xmlns='urn:o'>true</o><z xmlns='urn:z'/></m>".bytes) == [])
        let problems = schema.validate("<m xmlns='urn:m'>\n<n>x</n>\n<n>1</n>\n<o xmlns='urn:o'>maybe</o></m>".bytes)
        #expect(problems.map(\.line) == [2, 4])
        #expect(problems.allSatisfy { $0.code == .invalid && $0.column == 0 })
        #expect(problems[0].description.hasPrefix("line 2: "))
    }

    @Test("a schema that is wrong, or imports what is not given, is refused with a line")
    func wrongSchema() {
        #expect { try XMLSchema(documents: ["a.xsd": "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\n<xs:elephant/></xs:schema>"], main: "a.xsd") } throws: {
            ($0 as? XMLProblem)?.line == 2
        }
        #expect(throws: XMLProblem.self) { try XMLSchema(documents: ["main.xsd": Self.main], main: "main.xsd") }
        #expect(throws: XMLProblem.self) { try XMLSchema(documents: [:], main: "main.xsd") }
        let reading = Self.main.replacing("other.xsd", with: "/etc/passwd")
        #expect(throws: XMLProblem.self) { try XMLSchema(documents: ["main.xsd": reading], main: "main.xsd") }
    }

    @Test("no more problems are told than the limit")
    func limit() throws {
        let text = "<m xmlns='urn:m'>" + String(repeating: "<n>x</n>", count: 1_000) + "</m>"
        #expect(try Self.schema().validate(text.bytes).count == XMLLimits().problems)
    }

    @Test("hints where to find a schema are not followed")
    func hints() throws {
        let text = "<m xmlns='urn:m' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:z http://192.0.2.1/z.xsd' xsi:noNamespaceSchemaLocation='/etc/passwd'><n>1</n><z xmlns='urn:z'/></m>"
        #expect(try Self.schema().validate(text.bytes) == [])
        #expect(try XMLTree(text.bytes).root.attributes.isEmpty)
    }

    @Test("one schema serves many tasks at once")
    func shared() async throws {
        let schema = try Self.schema()
        let good = "<m xmlns='urn:m'><n>1</n></m>".bytes
        let bad = "<m xmlns='urn:m'><n>x</n></m>".bytes
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask {
                    (0..<200).allSatisfy { schema.validate(($0 + number).isMultiple(of: 2) ? good : bad).count == ($0 + number) % 2 }
                }
            }
            for await right in group { #expect(right) }
        }
    }
}
