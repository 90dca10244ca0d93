extension PayloadSchema {
    /// The same text as `Fixtures/schemas/copycontrol.xsd`; a test compares the two.
    static let copyControlText = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- The attributes of RFC 5364: how a recipient of a URI list is shown to the others. -->
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:ietf:params:xml:ns:copycontrol">
          <xs:attribute name="copyControl">
            <xs:simpleType>
              <xs:restriction base="xs:token">
                <xs:enumeration value="to"/>
                <xs:enumeration value="cc"/>
                <xs:enumeration value="bcc"/>
              </xs:restriction>
            </xs:simpleType>
          </xs:attribute>
          <xs:attribute name="anonymize" type="xs:boolean"/>
          <xs:attribute name="count" type="xs:nonNegativeInteger"/>
        </xs:schema>

        """#
}
