// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A recorded request whose target, fields and body can be changed. What is not changed keeps its
 * bytes; when the body changes, Content-Length or the chunks around the change follow.
 *
 * <p><b>Encoding:</b> texts are bytes, one ISO 8859-1 character each. <b>Threads:</b> confined to
 * one.
 */
public final class EditableRequest {
  private static final String CONTENT_LENGTH = "content-length";

  private final HttpRequest recorded;
  private final List<Line> lines = new ArrayList<>();
  private String target;
  private @Nullable String body;

  /** Takes a recorded request, which stays as it is. */
  public EditableRequest(HttpRequest recorded) {
    this.recorded = recorded;
    this.target = recorded.target();
    if (recorded.version().equals(Http2Head.VERSION)) {
      Http2Head.of(recorded).forEach(field -> add(field.name(), field.value()));
    } else {
      for (HeaderField field : recorded.headers().toList()) {
        lines.add(new Line(field, field.name(), field.value()));
      }
    }
  }

  /**
   * A field as it is now.
   *
   * @param name as sent
   * @param value as sent
   */
  public record Field(String name, String value) {}

  /** One field line: a recorded one, or a new one. */
  private static final class Line {
    private final @Nullable HeaderField recorded;
    private final String name;
    private @Nullable String value;

    Line(@Nullable HeaderField recorded, String name, @Nullable String value) {
      this.recorded = recorded;
      this.name = name;
      this.value = value;
    }
  }

  /** Returns the method. */
  public String method() {
    return recorded.method();
  }

  /** Returns the request as recorded. */
  public HttpRequest recorded() {
    return recorded;
  }

  /** Returns the target as it is now. */
  public String target() {
    return target;
  }

  /** Changes the target. */
  public void target(String changed) {
    target = changed;
  }

  /** Returns the fields as they are now, in order. */
  public List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    for (Line line : lines) {
      if (line.value != null) {
        fields.add(new Field(line.name, line.value));
      }
    }
    return fields;
  }

  /** Returns the values of a field's lines, as they are now. */
  public List<String> values(String name) {
    return fields().stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  /** Changes the value of the {@code nth} line of a name, 0-based. */
  public void value(String name, int nth, String changed) {
    int left = nth;
    for (Line line : lines) {
      if (line.value != null && line.name.equalsIgnoreCase(name) && left-- == 0) {
        line.value = changed;
        return;
      }
    }
    throw new IllegalArgumentException("name=" + name + " nth=" + nth);
  }

  /** Gives a name's first line that value and takes its other lines away. */
  public void valueOfOnly(String name, String changed) {
    boolean first = true;
    for (Line line : lines) {
      if (line.value != null && line.name.equalsIgnoreCase(name)) {
        line.value = first ? changed : null;
        first = false;
      }
    }
  }

  /** Takes all lines of a name away; returns whether there were any. */
  public boolean remove(String name) {
    boolean found = false;
    for (Line line : lines) {
      if (line.value != null && line.name.equalsIgnoreCase(name)) {
        line.value = null;
        found = true;
      }
    }
    return found;
  }

  /** Adds a line after all others. */
  public void add(String name, String value) {
    lines.add(new Line(null, name, value));
  }

  /** Returns the body after transfer decoding, as it is now. */
  public String body() {
    return body == null ? recorded.body().wire().toBytes().toLatin1() : body;
  }

  /** Changes the body. */
  public void body(String changed) {
    body = changed;
  }

  /** Returns the runs to send in HTTP/1.1, in order. */
  public List<Bytes> http1() {
    Body was = recorded.body();
    boolean cut = CutRequest.isCut(recorded);
    String now = cut ? body() : body;
    List<Bytes> framed = was.framed().segments();
    if (cut && was.framing() == Body.Framing.CHUNKED) {
      framed = List.of(Bytes.latin1(Chunks.anew(body())));
    } else if (now != null && (cut || !now.equals(was.wire().toBytes().toLatin1()))) {
      if (was.framing() == Body.Framing.CHUNKED) {
        String chunks = was.framed().toBytes().toLatin1();
        framed =
            List.of(Bytes.latin1(Chunks.replace(chunks, was.wire().toBytes().toLatin1(), now)));
      } else {
        framed = List.of(Bytes.latin1(now));
        follow(now.length(), true);
      }
    }
    List<Bytes> runs = new ArrayList<>();
    if (!recorded.blankLines().isEmpty()) {
      runs.add(recorded.blankLines());
    }
    runs.addAll(head());
    runs.addAll(framed);
    return List.copyOf(runs);
  }

  /**
   * Returns the parts of a body that was sent in several, such as frames, as they are now: the part
   * in which the change begins takes what is new. Content-Length follows when there is one.
   *
   * @param parts of the recorded body
   */
  public List<Bytes> parts(List<Bytes> parts) {
    String before = recorded.body().wire().toBytes().toLatin1();
    String now = body();
    if (now.equals(before) && !CutRequest.isCut(recorded)) {
      return parts;
    }
    follow(now.length(), false);
    if (now.equals(before)) {
      return parts;
    }
    Change change = Change.between(before, now);
    List<Bytes> changed = new ArrayList<>();
    int position = 0;
    for (int i = 0; i < parts.size(); i++) {
      int end = position + parts.get(i).length();
      // What lies before the change, what the part has of it, and what lies behind it.
      int from = Math.min(Math.max(change.from(), position), end);
      int to = Math.min(Math.max(change.to(), from), end);
      boolean takes = change.from() >= position && (change.from() < end || i == parts.size() - 1);
      String inserted = takes ? now.substring(change.from(), change.nowTo()) : "";
      changed.add(
          Bytes.latin1(before.substring(position, from) + inserted + before.substring(to, end)));
      position = end;
    }
    return changed;
  }

  private void follow(int lengthBytes, boolean needed) {
    boolean known = false;
    for (Line line : lines) {
      if (line.value != null && line.name.toLowerCase(Locale.ROOT).equals(CONTENT_LENGTH)) {
        line.value = Integer.toString(lengthBytes);
        known = true;
      }
    }
    if (!known && needed) {
      add("Content-Length", Integer.toString(lengthBytes));
    }
  }

  private List<Bytes> head() {
    Bytes head = recorded.head();
    List<Bytes> runs = new ArrayList<>();
    int from = 0;
    if (!target.equals(recorded.target())) {
      int at = head.toLatin1().indexOf(recorded.target(), recorded.method().length());
      runs.add(head.slice(0, at));
      runs.add(Bytes.latin1(target));
      from = at + recorded.target().length();
    }
    int end = endOfFields(head);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      HeaderField field = line.recorded;
      if (field == null) {
        runs.add(head.slice(from, end));
        runs.add(Bytes.latin1(line.name + ": " + line.value + "\r\n"));
        from = end;
      } else if (line.value == null) {
        runs.add(head.slice(from, field.nameOffset()));
        from = endOfLine(i, end);
      } else if (!line.value.equals(field.value())) {
        runs.add(head.slice(from, field.valueOffset()));
        runs.add(Bytes.latin1(line.value));
        from = field.valueEnd();
      }
    }
    runs.add(head.slice(from, head.length()));
    runs.removeIf(Bytes::isEmpty);
    return runs;
  }

  private int endOfLine(int index, int end) {
    HeaderField next = index + 1 < lines.size() ? lines.get(index + 1).recorded : null;
    return next == null ? end : next.nameOffset();
  }

  /** Where the empty line begins that ends a head; senders end lines with CR LF or LF alone. */
  private static int endOfFields(Bytes head) {
    int end = head.length();
    if (end > 0 && head.get(end - 1) == '\n') {
      end--;
    }
    return end > 0 && head.get(end - 1) == '\r' ? end - 1 : end;
  }
}
