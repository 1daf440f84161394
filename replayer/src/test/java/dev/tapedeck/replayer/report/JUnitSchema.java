// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.xml.sax.SAXException;

/** What build servers take for a JUnit report. */
public final class JUnitSchema {
  private JUnitSchema() {}

  /**
   * Checks a report.
   *
   * @throws SAXException when it is none
   */
  public static void check(String xml) throws SAXException, IOException {
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(JUnitSchema.class.getResource("/junit-report.xsd"))
        .newValidator()
        .validate(new StreamSource(new StringReader(xml)));
  }
}
