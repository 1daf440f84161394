// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.websocket;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.message.DeflateParameters;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Judges the answer to an upgrade (RFC 6455, section 4.1; RFC 7692, section 7). */
public final class WebSocketHandshake {
  /** RFC 6455, section 1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final String DEFLATE = "permessage-deflate";

  private WebSocketHandshake() {}

  /** Returns whether the answer belongs to a request with that key; null for no key at all. */
  public static boolean accepts(@Nullable String key, HttpResponse answer) {
    HeaderField field = answer.headers().first("sec-websocket-accept");
    return key == null || (field != null && field.value().strip().equals(accept(key.strip())));
  }

  /** Returns what proves to a client with that key that its upgrade was understood. */
  public static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /**
   * Returns whether what the client compressed in the recording can be read by a server that
   * answers so now: it must have agreed on the same parameters for the client's direction.
   */
  public static boolean readsSameCompression(HttpResponse recorded, HttpResponse answer) {
    return DeflateParameters.of(answer.headers()).deflate()
        && client(recorded).equals(client(answer));
  }

  /** Returns the parameters that concern what the client sends. */
  private static Set<String> client(HttpResponse answer) {
    Set<String> parameters = new TreeSet<>();
    for (HeaderField field : answer.headers().all("sec-websocket-extensions")) {
      for (String extension : field.value().split(",", -1)) {
        String[] parts = extension.toLowerCase(Locale.ROOT).split(";", -1);
        if (parts[0].strip().equals(DEFLATE)) {
          for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").replace(" ", "");
            if (parameter.startsWith("client_")) {
              parameters.add(parameter);
            }
          }
        }
      }
    }
    return parameters;
  }
}
