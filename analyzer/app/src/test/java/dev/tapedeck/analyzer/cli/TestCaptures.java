// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  private static final int BLOCK_EVENTS = 4;

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

  /** Writes the shop's capture in blocks of four events. */
  static Path blocks(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    try (CaptureWriter writer =
        CaptureWriter.create(file, SHOP.header(), WriterOptions.defaults())) {
      int events = 0;
      for (CaptureEvent event : SHOP.events()) {
        writer.write(event);
        if (++events % BLOCK_EVENTS == 0) {
          writer.flush();
        }
      }
    }
    return file;
  }

  /** Writes the same with the content of its third block damaged. */
  static Path damagedBlock(Path folder, String name) throws IOException {
    Path file = blocks(folder, name);
    byte[] bytes = Files.readAllBytes(file);
    int offset = 0;
    // The file header and two blocks, each a header of 160 bytes that states the planes' lengths.
    for (int record = 0; record < 3; record++) {
      ByteBuffer header = ByteBuffer.wrap(bytes, offset, 160).slice().order(LITTLE_ENDIAN);
      offset += 160 + header.getInt(64) + header.getInt(76);
    }
    bytes[offset + 161] ^= 1;
    return Files.write(file, bytes);
  }
}
