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

  /** A connection of HTTP/2: a gRPC call that fails after two messages, and a file beside it. */
  static final EventScript CALLS =
      EventScript.parse(
          """
          >> \\x50\\x52\\x49\\x20\\x2a\\x20\\x48\\x54\\x54\\x50\\x2f\\x32\\x2e\\x30\\x0d\\x0a\\x0d\\x0a\\x53\\x4d\\x0d\\x0a\\x0d\\x0a\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00\\x00
          << \\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x04\\x01\\x00\\x00\\x00\\x00
          >> \\x00\\x00\\x8d\\x01\\x04\\x00\\x00\\x00\\x01\\x00\\x07\\x3a\\x6d\\x65\\x74\\x68\\x6f\\x64\\x04\\x50\\x4f\\x53\\x54\\x00\\x07\\x3a\\x73\\x63\\x68\\x65\\x6d\\x65\\x04\\x68\\x74\\x74\\x70\\x00\\x0a\\x3a\\x61\\x75\\x74\\x68\\x6f\\x72\\x69\\x74\\x79\\x0c\\x73\\x68\\x6f\\x70\\x2e\\x65\\x78\\x61\\x6d\\x70\\x6c\\x65\\x00\\x05\\x3a\\x70\\x61\\x74\\x68\\x1e\\x2f\\x73\\x68\\x6f\\x70\\x2e\\x53\\x74\\x6f\\x63\\x6b\\x2f\\x57\\x61\\x74\\x63\\x68\\x3f\\x74\\x6f\\x6b\\x65\\x6e\\x3d\\x53\\x45\\x43\\x52\\x45\\x54\\x00\\x0c\\x63\\x6f\\x6e\\x74\\x65\\x6e\\x74\\x2d\\x74\\x79\\x70\\x65\\x10\\x61\\x70\\x70\\x6c\\x69\\x63\\x61\\x74\\x69\\x6f\\x6e\\x2f\\x67\\x72\\x70\\x63\\x00\\x06\\x63\\x6f\\x6f\\x6b\\x69\\x65\\x0a\\x73\\x69\\x64\\x3d\\x53\\x45\\x43\\x52\\x45\\x54\\x00\\x00\\x08\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x03\\x74\\x65\\x61
          >> \\x00\\x00\\x47\\x01\\x05\\x00\\x00\\x00\\x03\\x00\\x07\\x3a\\x6d\\x65\\x74\\x68\\x6f\\x64\\x03\\x47\\x45\\x54\\x00\\x07\\x3a\\x73\\x63\\x68\\x65\\x6d\\x65\\x04\\x68\\x74\\x74\\x70\\x00\\x0a\\x3a\\x61\\x75\\x74\\x68\\x6f\\x72\\x69\\x74\\x79\\x0c\\x73\\x68\\x6f\\x70\\x2e\\x65\\x78\\x61\\x6d\\x70\\x6c\\x65\\x00\\x05\\x3a\\x70\\x61\\x74\\x68\\x0b\\x2f\\x72\\x6f\\x62\\x6f\\x74\\x73\\x2e\\x74\\x78\\x74
          << \\x00\\x00\\x26\\x01\\x04\\x00\\x00\\x00\\x03\\x00\\x07\\x3a\\x73\\x74\\x61\\x74\\x75\\x73\\x03\\x32\\x30\\x30\\x00\\x0c\\x63\\x6f\\x6e\\x74\\x65\\x6e\\x74\\x2d\\x74\\x79\\x70\\x65\\x0a\\x74\\x65\\x78\\x74\\x2f\\x70\\x6c\\x61\\x69\\x6e\\x00\\x00\\x0a\\x00\\x01\\x00\\x00\\x00\\x03\\x6e\\x6f\\x20\\x72\\x6f\\x62\\x6f\\x74\\x73\\x0a
          << \\x00\\x00\\x2c\\x01\\x04\\x00\\x00\\x00\\x01\\x00\\x07\\x3a\\x73\\x74\\x61\\x74\\x75\\x73\\x03\\x32\\x30\\x30\\x00\\x0c\\x63\\x6f\\x6e\\x74\\x65\\x6e\\x74\\x2d\\x74\\x79\\x70\\x65\\x10\\x61\\x70\\x70\\x6c\\x69\\x63\\x61\\x74\\x69\\x6f\\x6e\\x2f\\x67\\x72\\x70\\x63\\x00\\x00\\x0b\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x06\\x37\\x20\\x6c\\x65\\x66\\x74
          << \\x00\\x00\\x0b\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x06\\x36\\x20\\x6c\\x65\\x66\\x74\\x00\\x00\\x29\\x01\\x05\\x00\\x00\\x00\\x01\\x00\\x0b\\x67\\x72\\x70\\x63\\x2d\\x73\\x74\\x61\\x74\\x75\\x73\\x01\\x38\\x00\\x0c\\x67\\x72\\x70\\x63\\x2d\\x6d\\x65\\x73\\x73\\x61\\x67\\x65\\x0b\\x74\\x72\\x79\\x25\\x32\\x30\\x6c\\x61\\x74\\x65\\x72
          close
          """);

  private static final int BLOCK_EVENTS = 4;

  private TestCaptures() {}

  /** Writes the shop's capture. */
  static Path shop(Path folder) throws IOException {
    Path file = folder.resolve("shop.tape");
    SHOP.writeTo(file);
    return file;
  }

  /** Writes the capture of HTTP/2. */
  static Path calls(Path folder) throws IOException {
    Path file = folder.resolve("calls.tape");
    CALLS.writeTo(file);
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
