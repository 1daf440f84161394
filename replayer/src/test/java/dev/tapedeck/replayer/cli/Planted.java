// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.TestTalk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Exchanges with a secret in every place where secrets travel, and the search for them. */
final class Planted {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{16,}");

  private static final List<String> HEADERS =
      List.of(
          "X-Api-Key",
          "Api-Key",
          "X-Auth-Token",
          "X-CSRF-Token",
          "X-XSRF-TOKEN",
          "X-Amz-Security-Token",
          "Ocp-Apim-Subscription-Key",
          "X-Session-Id",
          "X-Vault-Token",
          "Private-Token",
          "X-Client-Secret",
          "X-Password",
          "Authentication",
          "X-Signature",
          "X-Goog-Iap-Jwt-Assertion",
          "Token");

  private static final List<String> PARAMETERS =
      List.of(
          "api_key",
          "token",
          "access_token",
          "password",
          "pwd",
          "client_secret",
          "sig",
          "X-Amz-Signature",
          "session",
          "auth",
          "jwt",
          "sid",
          "jsessionid",
          "api%5Fkey",
          "user%5Bpassword%5D");

  private static final List<String> MEMBERS =
      List.of(
          "password",
          "newPassword",
          "clientSecret",
          "access_token",
          "refresh_token",
          "apiKey",
          "authorization",
          "privateKey",
          "sessionId",
          "jwt",
          "otp",
          "pin",
          "credentials",
          "csrf",
          "passphrase",
          "connectionString",
          "aws_secret_access_key");

  /** A recorded request and its answer. */
  record Call(String request, String answer) {}

  private final String prefix;
  private final Map<String, String> places = new TreeMap<>();
  private final List<Call> calls = new ArrayList<>();

  /**
   * Plants them.
   *
   * @param prefix what each of the secrets begins with; the places are always the same
   */
  Planted(String prefix) {
    this.prefix = prefix;
    heads();
    json();
    bodies();
    streams();
  }

  List<Call> calls() {
    return calls;
  }

  int count() {
    return places.size();
  }

  /** Makes a secret that looks like one. */
  String secret(String place) {
    String secret = "%s%03dLmx9RtVb2WsYpN%03d".formatted(prefix, places.size(), places.size());
    places.put(secret, place);
    return secret;
  }

  private String basic(String place) {
    return base64("ann:" + secret(place));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private String get(String target, String... fields) {
    return "GET /c" + calls.size() + target + " HTTP/1.1\r\n" + head(fields) + "\r\n";
  }

  private String post(String target, String type, String body) {
    return "POST /c"
        + calls.size()
        + target
        + " HTTP/1.1\r\n"
        + head("Content-Type", type, "Content-Length", Integer.toString(body.length()))
        + "\r\n"
        + body;
  }

  private static String head(String... fields) {
    StringBuilder head = new StringBuilder("Host: shop.example\r\n");
    for (int i = 0; i < fields.length; i += 2) {
      head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    return head.toString();
  }

  private static String ok(String type, String body, String... fields) {
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n");
    for (int i = 0; i < fields.length; i += 2) {
      head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    return head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private void call(String request, String answer) {
    calls.add(new Call(request, answer));
  }

  private void heads() {
    String plain = "text/plain";
    call(get("/a", "Authorization", "Bearer " + secret("bearer")), ok(plain, "x"));
    call(get("/a", "Authorization", "Basic " + basic("basic")), ok(plain, "x"));
    call(get("/a", "Proxy-Authorization", "Basic " + basic("proxy")), ok(plain, "x"));
    call(get("/a", "Authorization", secret("raw authorization")), ok(plain, "x"));
    call(
        get("/a", "Cookie", "sid=" + secret("cookie") + "; theme=" + secret("cookie theme")),
        ok(
            plain,
            "x",
            "Set-Cookie",
            "sid=" + secret("set-cookie") + "; Path=/; HttpOnly",
            "Set-Cookie",
            "__Host-x=" + secret("set-cookie 2") + "; Secure"));
    for (String name : HEADERS) {
      call(
          get("/h", name, secret("request " + name)),
          ok(plain, "x", name, secret("response " + name)));
    }
    for (String name : PARAMETERS) {
      call(get("/q?x=1&" + name + "=" + secret("query " + name) + "&y=2"), ok(plain, "x"));
    }
    call(get("/m;jsessionid=" + secret("matrix") + "/x"), ok(plain, "x"));
    String nested = "https://a.example/?access_token=" + secret("nested URL") + "&x=1";
    call(get("/r?next=" + percent(nested)), ok(plain, "x"));
    String twice = "https://a.example/?access_token=" + secret("twice nested URL") + "&x=1";
    call(get("/r?next=" + percent(percent(twice))), ok(plain, "x"));
    call(
        get(
            "/f",
            "Referer",
            "https://ann:"
                + secret("referer user")
                + "@x.example/a?token="
                + secret("referer query")),
        ok(
            plain,
            "x",
            "Location",
            "https://z.example/cb?code=1&access_token="
                + secret("location query")
                + "#id_token="
                + secret("location fragment"),
            "Link",
            "<https://a/b?token=" + secret("link query") + ">; rel=next"));
    String echoed = secret("echoed key");
    call(get("/e", "X-Api-Key", echoed), ok(plain, "x", "X-Echo", "Bearer " + echoed));
  }

  private void json() {
    String type = "application/json";
    for (String name : MEMBERS) {
      call(
          post("/j", type, "{\"a\":[{\"%s\":\"%s\"}]}".formatted(name, secret("request " + name))),
          ok(
              type,
              "{\"%s\":\"%s\",\"l\":[1,{\"%s\":[\"%s\"]}],\"o\":{\"%s\":{\"deep\":\"%s\"}}}"
                  .formatted(
                      name,
                      secret("answer " + name),
                      name,
                      secret("answer array " + name),
                      name,
                      secret("answer object " + name))));
    }
    call(
        post("/j", type, "{\"p\":\"{\\\"password\\\":\\\"" + secret("JSON in string") + "\\\"}\"}"),
        ok(type, "{\"x\":\"{\\\"token\\\":\\\"" + secret("answer JSON in string") + "\\\"}\"}"));
    call(
        post("/j", type, "{\"p\\u0061ssword\":\"" + secret("escaped name") + "\"}"),
        ok(type, "{\"tok\\u0065n\":\"" + secret("answer escaped name") + "\"}"));
    call(
        post(
            "/graphql",
            type,
            "{\"query\":\"mutation { login(user:\\\"ann\\\", password:\\\""
                + secret("GraphQL literal")
                + "\\\") { token } }\",\"variables\":{\"password\":\""
                + secret("GraphQL variable")
                + "\"}}"),
        ok(type, "{\"data\":{\"login\":{\"token\":\"" + secret("GraphQL answer") + "\"}}}"));
    call(
        post("/j", type, "{}"),
        ok(
            type,
            "{\"items\":[{\"id\":1,\"url\":\"https://ann:" + secret("URL in JSON") + "@h/\"}]}"));
    call(
        post("/j", type, "{}"),
        ok(
            type,
            gzip("{\"password\":\"" + secret("gzip JSON") + "\"}"),
            "Content-Encoding",
            "gzip"));
    call(
        post("/j", type, "{\"a\":1,\"password\":\"" + secret("JSON that is cut")),
        ok(type, "{\"a\":1,\"password\":\"" + secret("answer JSON that is cut")));
    call(
        post("/j", "application/x-ndjson", "{\"a\":1}\n{\"token\":\"" + secret("NDJSON") + "\"}\n"),
        ok("application/x-ndjson", "{\"a\":1}\n{\"token\":\"" + secret("answer NDJSON") + "\"}\n"));
  }

  private void bodies() {
    call(
        post(
            "/f",
            "application/x-www-form-urlencoded",
            "user=ann&password="
                + secret("form")
                + "&user%5Bpassword%5D="
                + secret("form of a list")),
        ok("application/x-www-form-urlencoded", "a=1&access_token=" + secret("answer form")));
    String html =
        "<form><input type=password name=password value=\"%s\"><input name=csrf_token type=hidden"
            + " value=%s></form><script>var token = \"%s\";</script><a href=\"/x?token=%s&amp;a=1\">x</a>";
    call(
        get("/html"),
        ok(
            "text/html",
            html.formatted(
                secret("HTML password"),
                secret("HTML hidden"),
                secret("HTML script"),
                secret("HTML link"))));
    call(
        post("/xml", "application/xml", "<a><password>" + secret("XML") + "</password></a>"),
        ok(
            "application/xml",
            "<a><password>%s</password><u token=\"%s\"/><SessionId><![CDATA[%s]]></SessionId></a>"
                .formatted(secret("XML element"), secret("XML attribute"), secret("XML CDATA"))));
    String part = "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n%s\r\n--b--\r\n";
    call(
        post("/mp", "multipart/form-data; boundary=b", part.formatted(secret("multipart"))),
        ok("multipart/form-data; boundary=b", part.formatted(secret("answer multipart"))));
    call(
        get("/env"),
        ok(
            "text/plain",
            "DB_PASSWORD=%s\nAuthorization: Bearer %s\npassword: %s\n"
                .formatted(secret("env text"), secret("field in text"), secret("YAML text"))));
    call(
        get("/jwt", "X-Info", jwt("JWT")),
        ok("text/plain", "here is " + jwt("answer JWT") + " ok"));
    call(
        get("/reason"),
        "HTTP/1.1 401 password=" + secret("reason") + "\r\nContent-Length: 0\r\n\r\n");
    call(
        get("/trailer"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Api-Key\r\n\r\n2\r\nok\r\n0\r\n"
            + "X-Api-Key: "
            + secret("trailer")
            + "\r\n\r\n");
  }

  /**
   * Of a JWT the signature is what lets in (RFC 7515, section 3); the token as a whole is masked.
   */
  private String jwt(String place) {
    String signature = secret(place);
    return base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}").replace("=", "")
        + "."
        + base64("{\"sub\":\"1234567890\",\"name\":\"ann\"}").replace("=", "")
        + "."
        + signature;
  }

  private void streams() {
    call(
        get("/sse"),
        ok(
            "text/event-stream",
            "data: {\"access_token\":\"%s\"}\n\ndata: token=%s\n\ndata: {\"a\":\ndata: 1,\"password\":\"%s\"}\n\n"
                .formatted(secret("event"), secret("event form"), secret("event of lines"))));
    String talk = TestTalk.UPGRADE.replace("/talk", "/c" + calls.size() + "/talk");
    call(
        talk
            + "Sec-WebSocket-Protocol: chat\r\n\r\n"
            + TestTalk.frame(0x81, true, "{\"token\":\"" + secret("said") + "\",\"n\":1}")
            + TestTalk.frame(0x88, true, "\003\350"),
        TestTalk.SWITCHED
            + "\r\n"
            + TestTalk.frame(0x81, false, "{\"password\":\"" + secret("heard") + "\",\"n\":1}")
            + TestTalk.frame(0x81, false, "token=" + secret("heard text"))
            + TestTalk.frame(0x88, false, "\003\350token=" + secret("close reason")));
  }

  private static String gzip(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /** Returns the places whose secrets a text shows, as they are or encoded. */
  SortedSet<String> leaksIn(String text) {
    List<String> views = new ArrayList<>(List.of(text, plain(text)));
    views.add(plain(text.replace("&#", "&amp;#").replace("&quot;", "\"").replace("&amp;", "&")));
    views.add(text.replace("\\\"", "\"").replace("\\\\", "\\"));
    Matcher runs = BASE64.matcher(text);
    while (runs.find()) {
      String run = runs.group().replace('-', '+').replace('_', '/');
      // Of a run that begins elsewhere the code may begin at any of its first characters.
      for (int from = 0; from < 4 && from < run.length(); from++) {
        String part = run.substring(from, run.length() - (run.length() - from) % 4);
        views.add(new String(Base64.getDecoder().decode(part), StandardCharsets.ISO_8859_1));
      }
    }
    TreeSet<String> found = new TreeSet<>();
    for (String view : views) {
      if (view.contains(prefix)) {
        places.forEach(
            (secret, place) -> {
              if (view.contains(secret)) {
                found.add(place);
              }
            });
      }
    }
    return found;
  }

  private static String plain(String text) {
    String once = text.replaceAll("%(?![0-9A-Fa-f]{2})", "%25").replace("+", "%2B");
    String decoded = URLDecoder.decode(once, StandardCharsets.ISO_8859_1);
    String again = decoded.replaceAll("%(?![0-9A-Fa-f]{2})", "%25").replace("+", "%2B");
    return URLDecoder.decode(again, StandardCharsets.ISO_8859_1);
  }
}
