// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Checks an archive against the HAR 1.2 specification: which fields objects must have, which they
 * may have, their types, and that all others begin with an underscore.
 */
final class HarValidator {
  private final List<String> faults = new ArrayList<>();

  private HarValidator() {}

  /** Returns what is wrong, nothing when the archive is valid. */
  static List<String> faults(JsonNode har) {
    HarValidator validator = new HarValidator();
    validator.object("$", har, "log:o", "");
    validator.log(har.path("log"));
    return validator.faults;
  }

  private void log(JsonNode log) {
    object("log", log, "version:s creator:o entries:a", "browser:o pages:a comment:s");
    check("log.version", log.path("version").asString("").equals("1.2"));
    object("creator", log.path("creator"), "name:s version:s", "comment:s");
    int i = 0;
    for (JsonNode entry : log.path("entries")) {
      entry("entry " + i++, entry);
    }
  }

  private void entry(String at, JsonNode entry) {
    object(
        at,
        entry,
        "startedDateTime:s time:n request:o response:o cache:o timings:o",
        "pageref:s serverIPAddress:s connection:s comment:s");
    check(at + ".startedDateTime", isDate(entry.path("startedDateTime")));
    request(at + ".request", entry.path("request"));
    response(at + ".response", entry.path("response"));
    object(at + ".cache", entry.path("cache"), "", "beforeRequest:o afterRequest:o comment:s");
    timings(at + ".timings", entry.path("timings"), entry.path("time").asDouble());
  }

  private void request(String at, JsonNode request) {
    object(
        at,
        request,
        "method:s url:s httpVersion:s cookies:a headers:a queryString:a headersSize:n bodySize:n",
        "postData:o comment:s");
    check(at + ".url", request.path("url").asString("").matches("https?://[!-~]+"));
    message(at, request);
    for (JsonNode parameter : request.path("queryString")) {
      object(at + ".queryString", parameter, "name:s value:s", "comment:s");
    }
    if (request.has("postData")) {
      JsonNode post = request.path("postData");
      object(at + ".postData", post, "mimeType:s", "params:a text:s comment:s");
      check(at + ".postData: text or params", post.has("text") != post.has("params"));
    }
  }

  private void response(String at, JsonNode response) {
    object(
        at,
        response,
        "status:n statusText:s httpVersion:s cookies:a headers:a content:o redirectURL:s"
            + " headersSize:n bodySize:n",
        "comment:s");
    message(at, response);
    object(
        at + ".content",
        response.path("content"),
        "size:n mimeType:s",
        "compression:n text:s encoding:s comment:s");
  }

  private void message(String at, JsonNode message) {
    for (JsonNode header : message.path("headers")) {
      object(at + ".headers", header, "name:s value:s", "comment:s");
    }
    for (JsonNode cookie : message.path("cookies")) {
      object(
          at + ".cookies",
          cookie,
          "name:s value:s",
          "path:s domain:s expires:s httpOnly:b secure:b comment:s");
      check(at + ".cookies.expires", !cookie.has("expires") || isDate(cookie.path("expires")));
    }
  }

  private void timings(String at, JsonNode timings, double time) {
    object(at, timings, "send:n wait:n receive:n", "blocked:n dns:n connect:n ssl:n comment:s");
    double sum = 0;
    for (String phase : List.of("blocked", "dns", "connect", "send", "wait", "receive")) {
      sum += Math.max(0, timings.path(phase).asDouble(0));
    }
    for (String phase : List.of("send", "wait", "receive")) {
      check(at + "." + phase + " not negative", timings.path(phase).asDouble(-1) >= 0);
    }
    check(at + ": the sum is the time", Math.abs(sum - time) < 1e-6);
  }

  private void object(String at, JsonNode node, String required, String optional) {
    if (!node.isObject()) {
      faults.add(at + " is no object");
      return;
    }
    Set<String> names = new LinkedHashSet<>(node.propertyNames());
    for (String field : (required + " " + optional).strip().split(" +", -1)) {
      if (field.isEmpty()) {
        continue;
      }
      String name = field.substring(0, field.indexOf(':'));
      if (!names.remove(name)) {
        check(at + "." + name + " is missing", !required.contains(field));
      } else {
        check(at + "." + name + " has a wrong type", isOfType(node.path(name), field));
      }
    }
    for (String name : names) {
      check(at + "." + name + " is not in the specification", name.startsWith("_"));
    }
  }

  private static boolean isOfType(JsonNode node, String field) {
    return switch (field.charAt(field.length() - 1)) {
      case 's' -> node.isString();
      case 'n' -> node.isNumber();
      case 'b' -> node.isBoolean();
      case 'a' -> node.isArray();
      case 'o' -> node.isObject();
      default -> throw new IllegalArgumentException(field);
    };
  }

  private static boolean isDate(JsonNode node) {
    assertThat(node.isString()).isTrue();
    return OffsetDateTime.parse(node.asString()).getYear() > 1990;
  }

  private void check(String what, boolean holds) {
    if (!holds) {
      faults.add(what);
    }
  }
}
