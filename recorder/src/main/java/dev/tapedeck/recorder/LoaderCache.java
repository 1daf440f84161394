// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the dynamic loader's cache, {@code /etc/ld.so.cache} (glibc, {@code
 * sysdeps/generic/dl-cache.h}): a header, entries of 24 bytes, strings.
 *
 * <p>It may belong to a container and be hostile: every offset is checked.
 */
final class LoaderCache {
  static final int MAX_BYTES = 16 << 20;

  private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);
  private static final int COUNT_AT = 20;
  private static final int HEADER_BYTES = 48;
  private static final int ENTRY_BYTES = 24;
  private static final int VALUE_AT = 8;
  private static final int MAX_PATH_BYTES = 4096;

  private LoaderCache() {}

  /** Returns the paths in a root folder's cache, each once; none when there is no cache. */
  static List<String> read(Path root) {
    try {
      return parse(RootedPath.read(root, "etc/ld.so.cache", MAX_BYTES));
    } catch (IOException e) {
      // No cache, as with musl, or not ours to read.
      return List.of();
    }
  }

  /** Returns the paths in a cache, each once; none when it is no cache. */
  static List<String> parse(byte[] bytes) {
    int start = find(bytes);
    if (start < 0 || bytes.length - start < HEADER_BYTES) {
      return List.of();
    }
    ByteBuffer cache =
        ByteBuffer.wrap(bytes, start, bytes.length - start).slice().order(ByteOrder.nativeOrder());
    long count = Integer.toUnsignedLong(cache.getInt(COUNT_AT));
    Set<String> paths = new LinkedHashSet<>();
    for (long i = 0; i < count; i++) {
      long entry = HEADER_BYTES + i * ENTRY_BYTES;
      if (entry + ENTRY_BYTES > cache.limit()) {
        break;
      }
      long at = Integer.toUnsignedLong(cache.getInt((int) entry + VALUE_AT));
      if (at < cache.limit()) {
        String path = text(bytes, start + (int) at);
        if (path.startsWith("/")) {
          paths.add(path);
        }
      }
    }
    return new ArrayList<>(paths);
  }

  /** An older cache may stand before the one that counts. */
  private static int find(byte[] bytes) {
    for (int at = 0; at + MAGIC.length <= bytes.length; at += 4) {
      if (Arrays.equals(bytes, at, at + MAGIC.length, MAGIC, 0, MAGIC.length)) {
        return at;
      }
    }
    return -1;
  }

  private static String text(byte[] bytes, int from) {
    int to = from;
    while (to < bytes.length && to - from < MAX_PATH_BYTES && bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
