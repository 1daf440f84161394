// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Captures that tests of commands share. */
final class TestCaptures {
  /** Two connections, one of TLS; a gap, a secret, a hostile terminal sequence, a chunked body. */
  static final EventScript SHOP =
      EventScript.parse(
          """
          c1: @ tls server 192.0.2.1:40000 -> 192.0.2.2:8443
          c2: @ plain client 10.0.0.1:50000 -> 10.0.0.2:80
          c1 >> GET /orders?token=SECRET HTTP/1.1\\r\\nHost: shop.example\\r\\nCookie: sid=SECRET\\r\\n\\r\\n
          c2 >> POST /backend HTTP/1.1\\r\\nhost: back\\r\\ncontent-length: 9\\r\\n\\r\\n{"a":"b"}
          c2 << HTTP/1.1 201 Created\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\r\\nx-sum: 1\\r\\n\\r\\n
          c1 << HTTP/1.1 200 OK\\r\\ncontent-type: text/plain\\r\\ncontent-length: 30\\r\\n\\r\\n0123456789
          c1 << lost 10
          c1 << abcdefghij
          + 2ms
          c1 >> GET /\\x1b[31mred HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
          c1 << HTTP/1.1 404 \\x1b]0;title\\x07\\r\\ncontent-length: 9\\r\\n\\r\\n\\x1b[2Jclear
          close c1
          close c2
          """);

  private TestCaptures() {}

  /** Writes the shop's capture. */
  static Path shop(Path folder) throws IOException {
    Path file = folder.resolve("shop.tape");
    SHOP.writeTo(file);
    return file;
  }

  /** Writes a capture without any exchange. */
  static Path empty(Path folder) throws IOException {
    Path file = folder.resolve("empty.tape");
    EventScript.parse("close").writeTo(file);
    return file;
  }

  /** Writes the shop's capture with a byte of its only block changed. */
  static Path damaged(Path folder) throws IOException {
    Path file = folder.resolve("damaged.tape");
    SHOP.writeTo(file);
    byte[] bytes = Files.readAllBytes(file);
    // In the middle of the file, which is in the middle of its only block.
    bytes[bytes.length / 3] ^= 1;
    Files.write(file, bytes);
    return file;
  }
}
