// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.markup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads HTML leniently, in one pass: what servers send is often not valid, and two answers need the
 * same tree only, not the one that a browser would make.
 *
 * <p>Elements without an end tag end where the next of their kind begins (HTML standard, section
 * 13.1.2.4). White space around and within texts is one blank.
 */
public final class HtmlReader {
  /** HTML standard, section 13.1.2. */
  private static final Set<String> VOID =
      Set.of(
          "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
          "source", "track", "wbr");

  private static final Set<String> RAW = Set.of("script", "style", "textarea", "title");

  /** What an open element ends before. */
  private static final Map<String, Set<String>> ENDS_BEFORE =
      Map.of(
          "li", Set.of("li"),
          "p", Set.of("p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "form", "section"),
          "option", Set.of("option", "optgroup"),
          "tr", Set.of("tr", "tbody", "tfoot"),
          "td", Set.of("td", "th", "tr"),
          "th", Set.of("td", "th", "tr"),
          "dt", Set.of("dt", "dd"),
          "dd", Set.of("dt", "dd"),
          "head", Set.of("body"));

  /** The tree is compared by methods that call themselves; what is deeper hangs side by side. */
  private static final int MAX_DEPTH = 500;

  private final String html;
  private final List<MarkupNode> open = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private int at;

  private HtmlReader(String html) {
    this.html = html;
    open.add(MarkupNode.element(""));
  }

  /**
   * A document that was read.
   *
   * @param root whose children are the document's
   * @param closed whether it did not end within a tag, or within an element that needs an end tag
   */
  public record Document(MarkupNode root, boolean closed) {}

  /** Returns the tree of a document. */
  public static Document read(String html) {
    return new HtmlReader(html).run();
  }

  private Document run() {
    boolean cut = false;
    while (at < html.length()) {
      int tag = html.indexOf('<', at);
      if (tag < 0) {
        text.append(html, at, html.length());
        break;
      }
      text.append(html, at, tag);
      at = tag;
      if (html.startsWith("<!--", at)) {
        at = after("-->");
      } else if (html.startsWith("<!", at) || html.startsWith("<?", at)) {
        at = after(">");
      } else if (html.startsWith("</", at)) {
        int end = after(">");
        cut = html.charAt(end - 1) != '>';
        close(html.substring(at + 2, cut ? end : end - 1).strip().toLowerCase(Locale.ROOT));
        at = end;
      } else if (at + 1 < html.length() && Character.isLetter(html.charAt(at + 1))) {
        cut = !openTag();
      } else {
        text.append('<');
        at++;
      }
    }
    flush();
    boolean closed = !cut;
    for (MarkupNode element : open.subList(1, open.size())) {
      closed &= ENDS_BEFORE.containsKey(element.name());
    }
    return new Document(open.get(0), closed);
  }

  private int after(String end) {
    int found = html.indexOf(end, at);
    return found < 0 ? html.length() : found + end.length();
  }

  private MarkupNode last() {
    return open.get(open.size() - 1);
  }

  private void flush() {
    String trimmed = decoded(text.toString()).strip().replaceAll("\\s+", " ");
    if (!trimmed.isEmpty()) {
      last().children().add(MarkupNode.text(trimmed));
    }
    text.setLength(0);
  }

  private void close(String name) {
    for (int i = open.size() - 1; i > 0; i--) {
      if (open.get(i).name().equals(name)) {
        flush();
        open.subList(i, open.size()).clear();
        return;
      }
    }
  }

  /** Reads a tag; returns whether it ends. */
  private boolean openTag() {
    int from = ++at;
    while (at < html.length() && html.charAt(at) > ' ' && "/>".indexOf(html.charAt(at)) < 0) {
      at++;
    }
    String name = html.substring(from, at).toLowerCase(Locale.ROOT);
    flush();
    while (open.size() > 1 && ENDS_BEFORE.getOrDefault(last().name(), Set.of()).contains(name)) {
      open.remove(open.size() - 1);
    }
    MarkupNode element = MarkupNode.element(name);
    last().children().add(element);
    boolean selfClosed = false;
    while (at < html.length() && html.charAt(at) != '>') {
      selfClosed = html.charAt(at) == '/';
      attribute(element);
    }
    if (at >= html.length()) {
      return false;
    }
    at++;
    if (RAW.contains(name)) {
      return raw(name, element);
    }
    if (!VOID.contains(name) && !selfClosed && open.size() < MAX_DEPTH) {
      open.add(element);
    }
    return true;
  }

  /** Reads what is no markup up to the end tag; returns whether there is one. */
  private boolean raw(String name, MarkupNode element) {
    int end = at;
    String endTag = "</" + name;
    while (end < html.length() && !html.regionMatches(true, end, endTag, 0, endTag.length())) {
      int next = html.indexOf('<', end + 1);
      end = next < 0 ? html.length() : next;
    }
    String content = html.substring(at, end).strip();
    if (!content.isEmpty()) {
      element.children().add(MarkupNode.text(name.equals("title") ? decoded(content) : content));
    }
    at = end;
    at = after(">");
    return end < html.length();
  }

  private void attribute(MarkupNode element) {
    if (html.charAt(at) <= ' ' || html.charAt(at) == '/') {
      at++;
      return;
    }
    int from = at;
    while (at < html.length() && html.charAt(at) > ' ' && "=/>".indexOf(html.charAt(at)) < 0) {
      at++;
    }
    if (at == from) {
      at++; // a stray =
      return;
    }
    String name = html.substring(from, at).toLowerCase(Locale.ROOT);
    int mark = at;
    while (at < html.length() && html.charAt(at) <= ' ') {
      at++;
    }
    if (at >= html.length() || html.charAt(at) != '=') {
      at = mark;
      element.attribute(name, "");
      return;
    }
    at++;
    while (at < html.length() && html.charAt(at) <= ' ') {
      at++;
    }
    element.attribute(name, decoded(value()));
  }

  private String value() {
    if (at < html.length() && (html.charAt(at) == '"' || html.charAt(at) == '\'')) {
      int from = at + 1;
      int end = html.indexOf(html.charAt(at), from);
      at = end < 0 ? html.length() : end + 1;
      return html.substring(from, end < 0 ? html.length() : end);
    }
    int from = at;
    while (at < html.length() && html.charAt(at) > ' ' && html.charAt(at) != '>') {
      at++;
    }
    return html.substring(from, at);
  }

  /** The entities that every server writes; others compare as they are written. */
  private static String decoded(String raw) {
    return raw.indexOf('&') < 0
        ? raw
        : raw.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&amp;", "&");
  }
}
