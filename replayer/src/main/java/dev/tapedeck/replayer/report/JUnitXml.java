// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.result.DifferenceGroup;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.result.SlowEndpoint;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * Results as build servers read them: a test case for each exchange, a failure for one whose answer
 * differs, an error for one without an answer.
 *
 * <p>What it holds is allowed by both schemas that build servers check with: that of Surefire
 * (surefire-test-report.xsd), which knows milliseconds and no output of a whole suite, and that of
 * Jenkins (junit-10.xsd of its xUnit plugin). Differences by endpoint and path are properties.
 */
public final class JUnitXml {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;

  private final XMLStreamWriter xml;

  private JUnitXml(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /**
   * Writes a report.
   *
   * @throws XMLStreamException when the writer fails
   */
  public static void write(ReplayReport report, Writer out) throws XMLStreamException {
    XMLStreamWriter stream = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
    new JUnitXml(stream).suite(report);
    stream.flush();
  }

  private void suite(ReplayReport report) throws XMLStreamException {
    int skipped = report.skipped().values().stream().mapToInt(Integer::intValue).sum();
    int slow = report.findings().slow().size();
    xml.writeStartDocument("UTF-8", "1.0");
    line(0);
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "replay to " + report.target());
    xml.writeAttribute("tests", Integer.toString(report.recorded() + slow));
    xml.writeAttribute("failures", Integer.toString(report.different() + slow));
    xml.writeAttribute("errors", Integer.toString(report.failures()));
    xml.writeAttribute("skipped", Integer.toString(skipped));
    xml.writeAttribute("time", seconds(report.durationNanos()));
    groups(report.findings().groups());
    for (RequestResult result : report.results()) {
      result(result);
    }
    for (SkippedExchange one : report.skippedExchanges()) {
      startCase(one.exchange(), null);
      skipped(one.reason().jsonName(), one.reason().explanation());
      endCase();
    }
    for (SlowEndpoint one : report.findings().slow()) {
      slow(one);
    }
    line(0);
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.writeCharacters("\n");
  }

  private void slow(SlowEndpoint endpoint) throws XMLStreamException {
    line(1);
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "latency");
    xml.writeAttribute("name", valid(endpoint.endpoint()));
    xml.writeAttribute("time", seconds((long) (endpoint.actualP50Micros() * NANOS_PER_MICRO)));
    line(2);
    xml.writeEmptyElement("failure");
    xml.writeAttribute("type", "latency");
    xml.writeAttribute(
        "message",
        String.format(
            Locale.ROOT,
            "median of %d answers: recorded %.1f us, now %.1f us, at most %.1f us",
            endpoint.answers(),
            endpoint.baselineP50Micros(),
            endpoint.actualP50Micros(),
            endpoint.limitMicros()));
    endCase();
  }

  /** What build servers show of the whole suite: the differences by endpoint and path. */
  private void groups(List<DifferenceGroup> groups) throws XMLStreamException {
    if (groups.isEmpty()) {
      return;
    }
    line(1);
    xml.writeStartElement("properties");
    for (DifferenceGroup group : groups) {
      line(2);
      xml.writeEmptyElement("property");
      xml.writeAttribute(
          "name", valid(group.endpoint() + " " + group.kind().jsonName() + " " + group.path()));
      xml.writeAttribute("value", group.differences() + " x " + group.change().jsonName());
    }
    line(1);
    xml.writeEndElement();
  }

  private void result(RequestResult result) throws XMLStreamException {
    Long time =
        result.endedNanos() == null || result.sentNanos() == null
            ? null
            : result.endedNanos() - result.sentNanos();
    startCase(result.request().exchange(), time);
    if (result.skipped() != null) {
      skipped(result.skipped().jsonName(), result.skipped().explanation());
    } else if (result.failed() != null) {
      line(2);
      xml.writeEmptyElement("error");
      xml.writeAttribute("type", result.failed().jsonName());
      xml.writeAttribute("message", "no answer: " + result.failed().jsonName());
    } else if (result.comparison() != null) {
      failure(result.comparison().differences());
    }
    endCase();
  }

  private void failure(List<Difference> differences) throws XMLStreamException {
    Difference first = differences.get(0);
    line(2);
    xml.writeStartElement("failure");
    xml.writeAttribute("type", first.kind().jsonName());
    xml.writeAttribute(
        "message",
        valid(first.path() + ": recorded " + first.baseline() + ", now " + first.actual()));
    StringBuilder text = new StringBuilder();
    for (Difference difference : differences) {
      text.append('\n').append(difference.kind().jsonName()).append(' ').append(difference.path());
      text.append(" (").append(difference.change().jsonName()).append(")\n");
      text.append("  recorded: ").append(difference.baseline()).append('\n');
      text.append("  now:      ").append(difference.actual());
    }
    xml.writeCharacters(valid(text.append('\n').toString()));
    xml.writeEndElement();
  }

  private void skipped(String type, String message) throws XMLStreamException {
    line(2);
    xml.writeEmptyElement("skipped");
    xml.writeAttribute("message", type + ": " + message);
  }

  private void startCase(SelectedExchange exchange, @Nullable Long nanos)
      throws XMLStreamException {
    line(1);
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "session-" + exchange.exchange().sessionNumber());
    xml.writeAttribute(
        "name", valid(exchange.id() + " " + exchange.method() + " " + exchange.maskedTarget()));
    xml.writeAttribute("time", seconds(nanos == null ? 0 : nanos));
  }

  private void endCase() throws XMLStreamException {
    line(1);
    xml.writeEndElement();
  }

  private void line(int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_SECOND);
  }

  /** Replaces what no XML 1.0 document may hold (section 2.2). */
  private static String valid(String text) {
    StringBuilder valid = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              boolean allowed =
                  point == '\t'
                      || point == '\n'
                      || point == '\r'
                      || (point >= 0x20 && point <= 0xD7FF)
                      || (point >= 0xE000 && point <= 0xFFFD)
                      || point >= 0x10000;
              valid.appendCodePoint(allowed ? point : 0xFFFD);
            });
    return valid.toString();
  }
}
