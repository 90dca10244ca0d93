extension PayloadSchema {
    /// The same text as `Fixtures/schemas/conference-info.xsd`; a test compares the two.
    static let conferenceInfoText = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- The state of a conference: RFC 4575 section 5. Elements and attributes of other namespaces may follow anywhere. -->
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:ietf:params:xml:ns:conference-info"
                   targetNamespace="urn:ietf:params:xml:ns:conference-info" elementFormDefault="qualified">
          <xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>

          <xs:element name="conference-info" type="Conference"/>

          <xs:simpleType name="State">
            <xs:restriction base="xs:string">
              <xs:enumeration value="full"/>
              <xs:enumeration value="partial"/>
              <xs:enumeration value="deleted"/>
            </xs:restriction>
          </xs:simpleType>

          <xs:attributeGroup name="Extensible">
            <xs:anyAttribute namespace="##other" processContents="lax"/>
          </xs:attributeGroup>

          <xs:attributeGroup name="WithState">
            <xs:attribute name="state" type="State" default="full"/>
            <xs:anyAttribute namespace="##other" processContents="lax"/>
          </xs:attributeGroup>

          <xs:group name="Extensions">
            <xs:sequence>
              <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:group>

          <xs:complexType name="Conference">
            <xs:sequence>
              <xs:element name="conference-description" type="Description" minOccurs="0"/>
              <xs:element name="host-info" type="Host" minOccurs="0"/>
              <xs:element name="conference-state" type="Activity" minOccurs="0"/>
              <xs:element name="users" type="Users" minOccurs="0"/>
              <xs:element name="sidebars-by-ref" type="URIs" minOccurs="0"/>
              <xs:element name="sidebars-by-val" type="Sidebars" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attribute name="entity" type="xs:anyURI" use="required"/>
            <xs:attribute name="version" type="xs:unsignedInt"/>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>

          <!-- 5.3 -->
          <xs:complexType name="Description">
            <xs:sequence>
              <xs:element name="display-text" type="xs:string" minOccurs="0"/>
              <xs:element name="subject" type="xs:string" minOccurs="0"/>
              <xs:element name="free-text" type="xs:string" minOccurs="0"/>
              <xs:element name="keywords" minOccurs="0">
                <xs:simpleType>
                  <xs:list itemType="xs:string"/>
                </xs:simpleType>
              </xs:element>
              <xs:element name="conf-uris" type="URIs" minOccurs="0"/>
              <xs:element name="service-uris" type="URIs" minOccurs="0"/>
              <xs:element name="maximum-user-count" type="xs:unsignedInt" minOccurs="0"/>
              <xs:element name="available-media" type="AvailableMedia" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attributeGroup ref="Extensible"/>
          </xs:complexType>

          <xs:complexType name="AvailableMedia">
            <xs:sequence>
              <xs:element name="entry" maxOccurs="unbounded">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="display-text" type="xs:string" minOccurs="0"/>
                    <xs:element name="type" type="xs:string"/>
                    <xs:element name="status" type="Direction" minOccurs="0"/>
                    <xs:group ref="Extensions"/>
                  </xs:sequence>
                  <xs:attribute name="label" type="xs:string" use="required"/>
                  <xs:attributeGroup ref="Extensible"/>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
            <xs:attributeGroup ref="Extensible"/>
          </xs:complexType>

          <!-- 5.4 -->
          <xs:complexType name="Host">
            <xs:sequence>
              <xs:element name="display-text" type="xs:string" minOccurs="0"/>
              <xs:element name="web-page" type="xs:anyURI" minOccurs="0"/>
              <xs:element name="uris" type="URIs" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attributeGroup ref="Extensible"/>
          </xs:complexType>

          <!-- 5.5 -->
          <xs:complexType name="Activity">
            <xs:sequence>
              <xs:element name="user-count" type="xs:unsignedInt" minOccurs="0"/>
              <xs:element name="active" type="xs:boolean" minOccurs="0"/>
              <xs:element name="locked" type="xs:boolean" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attributeGroup ref="Extensible"/>
          </xs:complexType>

          <xs:complexType name="URIs">
            <xs:sequence>
              <xs:element name="entry" minOccurs="0" maxOccurs="unbounded">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="uri" type="xs:anyURI"/>
                    <xs:element name="display-text" type="xs:string" minOccurs="0"/>
                    <xs:element name="purpose" type="xs:string" minOccurs="0"/>
                    <xs:element name="modified" type="Execution" minOccurs="0"/>
                    <xs:group ref="Extensions"/>
                  </xs:sequence>
                  <xs:attributeGroup ref="Extensible"/>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>

          <xs:complexType name="Execution">
            <xs:sequence>
              <xs:element name="when" type="xs:dateTime" minOccurs="0"/>
              <xs:element name="reason" type="xs:string" minOccurs="0"/>
              <xs:element name="by" type="xs:anyURI" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attributeGroup ref="Extensible"/>
          </xs:complexType>

          <!-- 5.6 -->
          <xs:complexType name="Users">
            <xs:sequence>
              <xs:element name="user" type="User" minOccurs="0" maxOccurs="unbounded"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>

          <xs:complexType name="User">
            <xs:sequence>
              <xs:element name="display-text" type="xs:string" minOccurs="0"/>
              <xs:element name="associated-aors" type="URIs" minOccurs="0"/>
              <xs:element name="roles" minOccurs="0">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="entry" type="xs:string" maxOccurs="unbounded"/>
                  </xs:sequence>
                  <xs:attributeGroup ref="Extensible"/>
                </xs:complexType>
              </xs:element>
              <xs:element name="languages" minOccurs="0">
                <xs:simpleType>
                  <xs:list itemType="xs:language"/>
                </xs:simpleType>
              </xs:element>
              <xs:element name="cascaded-focus" type="xs:anyURI" minOccurs="0"/>
              <xs:element name="endpoint" type="Endpoint" minOccurs="0" maxOccurs="unbounded"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attribute name="entity" type="xs:anyURI"/>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>

          <!-- 5.7 -->
          <xs:complexType name="Endpoint">
            <xs:sequence>
              <xs:element name="display-text" type="xs:string" minOccurs="0"/>
              <xs:element name="referred" type="Execution" minOccurs="0"/>
              <xs:element name="status" type="EndpointStatus" minOccurs="0"/>
              <xs:element name="joining-method" type="Joining" minOccurs="0"/>
              <xs:element name="joining-info" type="Execution" minOccurs="0"/>
              <xs:element name="disconnection-method" type="Disconnection" minOccurs="0"/>
              <xs:element name="disconnection-info" type="Execution" minOccurs="0"/>
              <xs:element name="media" type="Media" minOccurs="0" maxOccurs="unbounded"/>
              <xs:element name="call-info" type="CallInfo" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attribute name="entity" type="xs:string"/>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>

          <xs:simpleType name="EndpointStatus">
            <xs:restriction base="xs:string">
              <xs:enumeration value="pending"/>
              <xs:enumeration value="dialing-out"/>
              <xs:enumeration value="dialing-in"/>
              <xs:enumeration value="alerting"/>
              <xs:enumeration value="on-hold"/>
              <xs:enumeration value="connected"/>
              <xs:enumeration value="muted-via-focus"/>
              <xs:enumeration value="disconnecting"/>
              <xs:enumeration value="disconnected"/>
            </xs:restriction>
          </xs:simpleType>

          <xs:simpleType name="Joining">
            <xs:restriction base="xs:string">
              <xs:enumeration value="dialed-in"/>
              <xs:enumeration value="dialed-out"/>
              <xs:enumeration value="focus-owner"/>
            </xs:restriction>
          </xs:simpleType>

          <xs:simpleType name="Disconnection">
            <xs:restriction base="xs:string">
              <xs:enumeration value="departed"/>
              <xs:enumeration value="booted"/>
              <xs:enumeration value="failed"/>
              <xs:enumeration value="busy"/>
            </xs:restriction>
          </xs:simpleType>

          <!-- 5.7, call-info -->
          <xs:complexType name="CallInfo">
            <xs:choice>
              <xs:element name="sip">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="display-text" type="xs:string" minOccurs="0"/>
                    <xs:element name="call-id" type="xs:string"/>
                    <xs:element name="from-tag" type="xs:string"/>
                    <xs:element name="to-tag" type="xs:string"/>
                    <xs:group ref="Extensions"/>
                  </xs:sequence>
                  <xs:attributeGroup ref="Extensible"/>
                </xs:complexType>
              </xs:element>
              <xs:group ref="Extensions"/>
            </xs:choice>
            <xs:attributeGroup ref="Extensible"/>
          </xs:complexType>

          <!-- 5.8 -->
          <xs:complexType name="Media">
            <xs:sequence>
              <xs:element name="display-text" type="xs:string" minOccurs="0"/>
              <xs:element name="type" type="xs:string" minOccurs="0"/>
              <xs:element name="label" type="xs:string" minOccurs="0"/>
              <xs:element name="src-id" type="xs:string" minOccurs="0"/>
              <xs:element name="status" type="Direction" minOccurs="0"/>
              <xs:group ref="Extensions"/>
            </xs:sequence>
            <xs:attribute name="id" type="xs:string" use="required"/>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>

          <xs:simpleType name="Direction">
            <xs:restriction base="xs:string">
              <xs:enumeration value="recvonly"/>
              <xs:enumeration value="sendonly"/>
              <xs:enumeration value="sendrecv"/>
              <xs:enumeration value="inactive"/>
            </xs:restriction>
          </xs:simpleType>

          <!-- 5.9 -->
          <xs:complexType name="Sidebars">
            <xs:sequence>
              <xs:element name="entry" type="Conference" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
            <xs:attributeGroup ref="WithState"/>
          </xs:complexType>
        </xs:schema>

        """#
}
