extension PayloadSchema {
    /// The same text as `Fixtures/schemas/xml.xsd`; a test compares the two.
    static let xmlText = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- The attribute of the xml namespace that the other schemas refer to. -->
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
          <xs:attribute name="lang">
            <xs:simpleType>
              <xs:union memberTypes="xs:language">
                <!-- xml:lang="" takes a language back -->
                <xs:simpleType>
                  <xs:restriction base="xs:string">
                    <xs:length value="0"/>
                  </xs:restriction>
                </xs:simpleType>
              </xs:union>
            </xs:simpleType>
          </xs:attribute>
        </xs:schema>

        """#
}
