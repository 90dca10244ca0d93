extension PayloadSchema {
    /// The same text as `Fixtures/schemas/imdn.xsd`; a test compares the two.
    static let imdnText = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!--
          Disposition notifications: RFC 5438 section 11. The two URIs may stand alone, as many send them; a report without any
          of the three notifications is left to extensions.
        -->
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:ietf:params:xml:ns:imdn"
                   targetNamespace="urn:ietf:params:xml:ns:imdn" elementFormDefault="qualified">
          <xs:element name="imdn">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="message-id" type="xs:token"/>
                <xs:element name="datetime" type="xs:string"/>
                <xs:element name="recipient-uri" type="xs:anyURI" minOccurs="0"/>
                <xs:element name="original-recipient-uri" type="xs:anyURI" minOccurs="0"/>
                <xs:element name="subject" type="xs:string" minOccurs="0"/>
                <xs:choice minOccurs="0">
                  <xs:element name="delivery-notification" type="Delivery"/>
                  <xs:element name="processing-notification" type="Processing"/>
                  <xs:element name="display-notification" type="Display"/>
                </xs:choice>
                <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
              </xs:sequence>
              <xs:anyAttribute namespace="##other" processContents="lax"/>
            </xs:complexType>
          </xs:element>

          <xs:complexType name="Nothing"/>

          <xs:complexType name="Delivery">
            <xs:sequence>
              <xs:element name="status">
                <xs:complexType>
                  <xs:sequence>
                    <xs:choice>
                      <xs:element name="delivered" type="Nothing"/>
                      <xs:element name="failed" type="Nothing"/>
                      <xs:element name="forbidden" type="Nothing"/>
                      <xs:element name="error" type="Nothing"/>
                    </xs:choice>
                    <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>

          <xs:complexType name="Processing">
            <xs:sequence>
              <xs:element name="status">
                <xs:complexType>
                  <xs:sequence>
                    <xs:choice>
                      <xs:element name="processed" type="Nothing"/>
                      <xs:element name="stored" type="Nothing"/>
                      <xs:element name="forbidden" type="Nothing"/>
                      <xs:element name="error" type="Nothing"/>
                    </xs:choice>
                    <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>

          <xs:complexType name="Display">
            <xs:sequence>
              <xs:element name="status">
                <xs:complexType>
                  <xs:sequence>
                    <xs:choice>
                      <xs:element name="displayed" type="Nothing"/>
                      <xs:element name="forbidden" type="Nothing"/>
                      <xs:element name="error" type="Nothing"/>
                    </xs:choice>
                    <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
        </xs:schema>

        """#
}
