extension PayloadSchema {
    /// The same text as `Fixtures/schemas/resource-lists.xsd`; a test compares the two.
    static let resourceListsText = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- URI lists: RFC 4826 section 3, with the attributes of RFC 5364 on entries. -->
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:ietf:params:xml:ns:resource-lists"
                   targetNamespace="urn:ietf:params:xml:ns:resource-lists" elementFormDefault="qualified">
          <xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>
          <xs:import namespace="urn:ietf:params:xml:ns:copycontrol" schemaLocation="copycontrol.xsd"/>

          <xs:element name="resource-lists">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="list" type="List" minOccurs="0" maxOccurs="unbounded"/>
              </xs:sequence>
              <xs:anyAttribute namespace="##other" processContents="lax"/>
            </xs:complexType>
          </xs:element>

          <xs:complexType name="List">
            <xs:sequence>
              <xs:element name="display-name" type="Name" minOccurs="0"/>
              <xs:choice minOccurs="0" maxOccurs="unbounded">
                <xs:element name="list" type="List"/>
                <xs:element name="entry" type="Entry"/>
                <xs:element name="entry-ref" type="EntryReference"/>
                <xs:element name="external" type="External"/>
                <xs:any namespace="##other" processContents="lax"/>
              </xs:choice>
            </xs:sequence>
            <xs:attribute name="name" type="xs:string"/>
            <xs:anyAttribute namespace="##other" processContents="lax"/>
          </xs:complexType>

          <xs:complexType name="Entry">
            <xs:group ref="NameAndMore"/>
            <xs:attribute name="uri" type="xs:anyURI" use="required"/>
            <xs:anyAttribute namespace="##other" processContents="lax"/>
          </xs:complexType>

          <xs:complexType name="EntryReference">
            <xs:group ref="NameAndMore"/>
            <xs:attribute name="ref" type="xs:anyURI" use="required"/>
            <xs:anyAttribute namespace="##other" processContents="lax"/>
          </xs:complexType>

          <xs:complexType name="External">
            <xs:group ref="NameAndMore"/>
            <xs:attribute name="anchor" type="xs:anyURI"/>
            <xs:anyAttribute namespace="##other" processContents="lax"/>
          </xs:complexType>

          <xs:group name="NameAndMore">
            <xs:sequence>
              <xs:element name="display-name" type="Name" minOccurs="0"/>
              <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:group>

          <xs:complexType name="Name">
            <xs:simpleContent>
              <xs:extension base="xs:string">
                <xs:attribute ref="xml:lang"/>
              </xs:extension>
            </xs:simpleContent>
          </xs:complexType>
        </xs:schema>

        """#
}
