// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.markup;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads XML documents: elements by the name as written, attributes, texts without the white space
 * around them. Comments and processing instructions mean nothing. Nothing is ever loaded: entities
 * of a document type are left out.
 */
public final class XmlReader {
  /** The tree is compared by methods that call themselves. */
  private static final int MAX_DEPTH = 500;

  private XmlReader() {}

  /** Returns a node whose only child is the root element; null when it is no XML document. */
  public static @Nullable MarkupNode read(byte[] document) {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
    try {
      return read(factory.createXMLStreamReader(new ByteArrayInputStream(document)));
    } catch (XMLStreamException e) {
      return null; // a body that is not what its type says is compared as text
    }
  }

  private static @Nullable MarkupNode read(XMLStreamReader xml) throws XMLStreamException {
    MarkupNode document = MarkupNode.element("");
    Deque<MarkupNode> open = new ArrayDeque<>();
    open.push(document);
    StringBuilder text = new StringBuilder();
    while (xml.hasNext()) {
      int event = xml.next();
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> {
          flush(text, open.element());
          MarkupNode element = MarkupNode.element(xml.getLocalName());
          for (int i = 0; i < xml.getAttributeCount(); i++) {
            element.attribute(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
          }
          open.element().children().add(element);
          open.push(element);
          if (open.size() > MAX_DEPTH) {
            return null;
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          flush(text, open.element());
          open.pop();
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(xml.getText());
        case XMLStreamConstants.ENTITY_REFERENCE ->
            text.append('&').append(xml.getLocalName()).append(';');
        default -> {}
      }
    }
    return document.children().isEmpty() ? null : document;
  }

  private static void flush(StringBuilder text, MarkupNode parent) {
    String trimmed = text.toString().strip();
    if (!trimmed.isEmpty()) {
      parent.children().add(MarkupNode.text(trimmed));
    }
    text.setLength(0);
  }
}
