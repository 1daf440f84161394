// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.diff.JsonWalk;
import dev.tapedeck.replayer.rules.MockRule;
import dev.tapedeck.replayer.rules.MockRule.Subject;
import dev.tapedeck.replayer.splice.Parameters;
import dev.tapedeck.replayer.splice.Parameters.Parameter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What of a request counts when a recorded one like it is looked for, in one spelling, without what
 * the rules say may differ. Two requests are alike when these are equal.
 *
 * <p>Texts are bytes, one ISO 8859-1 character each.
 *
 * @param method as sent
 * @param path percent-encoded as little as can be (RFC 3986, section 6.2.2)
 * @param query parameters sorted by name; those of one name keep their order
 * @param fields header fields that have to be the same, by lower-case name
 * @param body in one spelling for its media type
 */
public record RequestCanon(
    String method, String path, List<Pair> query, Map<String, String> fields, CanonicalBody body) {
  /** Fields that decide what is asked for, on any service. */
  private static final List<String> DECISIVE_FIELDS =
      List.of("range", "soapaction", "x-http-method-override");

  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"]{1,200})\"|([^;\\s]{1,200}))", Pattern.CASE_INSENSITIVE);

  private static final int LONGEST_KEPT_BODY = 64;

  /** A name with a value, both decoded. */
  public record Pair(String name, String value) {}

  /**
   * A body in one spelling.
   *
   * @param kind how it was read: json, form, text, bytes, multipart, none or any
   * @param text the body, with what may differ left out; of a form empty
   * @param pairs the fields of a form
   */
  public record CanonicalBody(String kind, String text, List<Pair> pairs) {
    public CanonicalBody {
      pairs = List.copyOf(pairs);
    }

    CanonicalBody(String kind, String text) {
      this(kind, text, List.of());
    }
  }

  /**
   * Returns that of a request with its body.
   *
   * @param rules those for this request
   */
  static RequestCanon of(HttpRequest request, List<MockRule> rules) {
    String target = request.target();
    Map<String, String> fields = new TreeMap<>();
    for (String name : DECISIVE_FIELDS) {
      fields.put(name, values(request, name));
    }
    for (MockRule rule : rules) {
      if (rule.subject() == Subject.HEADER) {
        rule.used();
        fields.put(rule.fieldName(), values(request, rule.fieldName()));
      }
    }
    boolean talk = isExtendedConnect(request);
    CanonicalBody body = talk ? new CanonicalBody("none", "") : body(request, rules);
    if (!body.kind().equals("none") && !body.kind().equals("any")) {
      fields.put("content-type", mediaType(request.headers()));
    }
    return new RequestCanon(
        talk ? "GET" : request.method(), path(target, rules), query(target, rules), fields, body);
  }

  /**
   * Returns whether a request opens a WebSocket on a stream of HTTP/2, which is a GET with an
   * upgrade over HTTP/1 (RFC 8441, section 5): every other CONNECT names no path.
   */
  static boolean isExtendedConnect(HttpRequest request) {
    return request.method().equals("CONNECT") && request.target().startsWith("/");
  }

  /** Returns whether a request of which the body is not known yet may turn out to be like this. */
  boolean isSameHead(RequestCanon now) {
    return method.equals(now.method())
        && path.equals(now.path())
        && query.equals(now.query())
        && now.fields().entrySet().stream()
            .allMatch(field -> field.getValue().equals(fields.get(field.getKey())));
  }

  /** Returns the same with the digest of a body that takes more memory than a digest does. */
  RequestCanon digested() {
    if (body.text().length() <= LONGEST_KEPT_BODY) {
      return this;
    }
    String digest = sha256(body.text());
    return new RequestCanon(method, path, query, fields, new CanonicalBody(body.kind(), digest));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] sum = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return text.length() + " sha256 " + HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has it (MessageDigest's documentation).
      throw new IllegalStateException("SHA-256 is missing", e);
    }
  }

  /** Returns pairs as one text. */
  static String text(List<Pair> pairs) {
    StringBuilder text = new StringBuilder();
    for (Pair pair : pairs) {
      text.append(pair.name()).append('=').append(pair.value()).append('\n');
    }
    return text.toString();
  }

  static String values(HttpRequest request, String name) {
    return values(request.headers(), name);
  }

  private static String values(HeaderFields headers, String name) {
    StringBuilder joined = new StringBuilder();
    for (HeaderField field : headers.all(name)) {
      joined.append(joined.length() == 0 ? "" : ", ").append(field.value());
    }
    return joined.toString();
  }

  static String mediaType(HeaderFields headers) {
    String type = values(headers, "content-type");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  private static String path(String target, List<MockRule> rules) {
    int from = Parameters.pathFrom(target);
    String path = plain(target.substring(from, Math.max(from, Parameters.pathTo(target))));
    for (MockRule rule : rules) {
      if (rule.subject() == Subject.PATH) {
        String stripped = rule.strip(path);
        if (!stripped.equals(path)) {
          rule.used();
        }
        path = stripped;
      }
    }
    return path.isEmpty() ? "/" : path;
  }

  /** Decodes what needs no escape and writes the other escapes in capitals. */
  private static String plain(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    StringBuilder plain = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      int high = c == '%' && i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(path.charAt(i + 2), 16) : -1;
      if (low < 0) {
        plain.append(c);
        continue;
      }
      char decoded = (char) (high << 4 | low);
      if (isUnreserved(decoded)) {
        plain.append(decoded);
      } else {
        plain.append(String.format(Locale.ROOT, "%%%02X", (int) decoded));
      }
      i += 2;
    }
    return plain.toString();
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }

  private static List<Pair> query(String target, List<MockRule> rules) {
    int from = Parameters.pathTo(target);
    if (from >= target.length() || target.charAt(from) != '?') {
      return List.of();
    }
    int fragment = target.indexOf('#', from);
    int to = fragment < 0 ? target.length() : fragment;
    return pairs(target, from + 1, to, rules, Subject.QUERY);
  }

  private static List<Pair> pairs(
      String text, int from, int to, List<MockRule> rules, Subject subject) {
    List<Pair> pairs = new ArrayList<>();
    for (Parameter parameter : Parameters.ofForm(text, from, to)) {
      if (!mayDiffer(rules, subject, parameter.name())) {
        String raw = text.substring(parameter.value().from(), parameter.value().to());
        String value = parameter.value().coding().decode(raw);
        pairs.add(new Pair(parameter.name(), value == null ? raw : value));
      }
    }
    pairs.sort(Comparator.comparing(Pair::name));
    return List.copyOf(pairs);
  }

  private static boolean mayDiffer(List<MockRule> rules, Subject subject, String name) {
    boolean found = false;
    for (MockRule rule : rules) {
      if (rule.subject() == subject && rule.names(name)) {
        rule.used();
        found = true;
      }
    }
    return found;
  }

  private static CanonicalBody body(HttpRequest request, List<MockRule> rules) {
    for (MockRule rule : rules) {
      if (rule.subject() == Subject.BODY) {
        rule.used();
        return new CanonicalBody("any", "");
      }
    }
    Bytes content = content(request.body());
    if (content.isEmpty()) {
      return new CanonicalBody("none", "");
    }
    String type = mediaType(request.headers());
    if (isJson(type)) {
      JsonNode tree = JsonCanon.parse(content);
      if (tree != null) {
        prune(tree, rules);
        return new CanonicalBody("json", JsonCanon.write(tree));
      }
    }
    String text = content.toLatin1();
    if (type.equals("application/x-www-form-urlencoded")) {
      return new CanonicalBody("form", "", pairs(text, 0, text.length(), rules, Subject.FORM));
    }
    String boundary = type.startsWith("multipart/") ? boundary(request) : null;
    if (boundary != null) {
      // Made up anew for each message (RFC 2046, section 5.1.1).
      return new CanonicalBody("multipart", strip(text.replace(boundary, ""), rules));
    }
    String stripped = strip(text, rules);
    return new CanonicalBody(isText(type) ? "text" : "bytes", stripped);
  }

  /** Returns a message of a WebSocket in one spelling: of JSON one for all. */
  static String message(StreamMessage message) {
    Bytes payload = message.payload().toBytes();
    JsonNode tree = message.kind() == StreamMessage.Kind.TEXT ? JsonCanon.parse(payload) : null;
    return tree == null ? payload.toLatin1() : JsonCanon.write(tree);
  }

  /** Returns the body without its codings, or as it is when these are damaged. */
  static Bytes content(Body body) {
    boolean damaged =
        body.anomalies().stream().anyMatch(a -> a.kind() == AnomalyKind.CONTENT_CODING);
    return (damaged ? body.wire() : body.content()).toBytes();
  }

  private static void prune(JsonNode tree, List<MockRule> rules) {
    for (MockRule rule : rules) {
      if (rule.json() != null) {
        JsonWalk.edit(
            tree,
            rule.json(),
            value -> {
              rule.used();
              return null;
            });
      }
    }
  }

  private static String strip(String text, List<MockRule> rules) {
    String stripped = text;
    for (MockRule rule : rules) {
      if (rule.subject() == Subject.TEXT) {
        String shorter = rule.strip(stripped);
        if (!shorter.equals(stripped)) {
          rule.used();
          stripped = shorter;
        }
      }
    }
    return stripped;
  }

  private static @Nullable String boundary(HttpRequest request) {
    Matcher matcher = BOUNDARY.matcher(values(request, "content-type"));
    if (!matcher.find()) {
      return null;
    }
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
  }

  static boolean isJson(String type) {
    return type.equals("application/json") || type.equals("text/json") || type.endsWith("+json");
  }

  private static boolean isText(String type) {
    return type.startsWith("text/") || type.endsWith("xml");
  }
}
