extension PayloadSchema {
    /// The same text as `Fixtures/schemas/im-iscomposing.xsd`; a test compares the two.
    static let isComposingText = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- Is-composing indications: RFC 3994. -->
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:ietf:params:xml:ns:im-iscomposing"
                   targetNamespace="urn:ietf:params:xml:ns:im-iscomposing" elementFormDefault="qualified">
          <xs:element name="isComposing">
            <xs:complexType>
              <xs:sequence>
                <!-- A state that is neither active nor idle counts as idle, so any word is valid. -->
                <xs:element name="state" type="xs:string"/>
                <xs:element name="lastactive" type="xs:dateTime" minOccurs="0"/>
                <xs:element name="contenttype" type="xs:string" minOccurs="0"/>
                <xs:element name="refresh" type="xs:positiveInteger" minOccurs="0"/>
                <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:schema>

        """#
}
