// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoaderCacheTest {
  private static final int HEADER_BYTES = 48;
  private static final int ENTRY_BYTES = 24;

  @TempDir Path root;

  /** Returns a cache as ldconfig writes it. */
  private static byte[] cache(String... paths) {
    ByteBuffer cache = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    cache.put("glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII));
    cache.putInt(paths.length);
    int text = HEADER_BYTES + paths.length * ENTRY_BYTES;
    for (int i = 0; i < paths.length; i++) {
      cache.putInt(HEADER_BYTES + i * ENTRY_BYTES + 8, text);
      byte[] bytes = (paths[i] + '\0').getBytes(StandardCharsets.UTF_8);
      cache.put(text, bytes);
      text += bytes.length;
    }
    byte[] written = new byte[text];
    cache.get(0, written);
    return written;
  }

  @Test
  void parse_cacheOfLdconfig_givesItsPathsOnce() {
    assertThat(LoaderCache.parse(cache("/lib/libssl.so.3", "/opt/libssl.so.1", "/lib/libssl.so.3")))
        .containsExactly("/lib/libssl.so.3", "/opt/libssl.so.1");
  }

  @Test
  void parse_newCacheBehindAnOldOne_isFound() {
    byte[] behind = cache("/lib/libssl.so.3");
    byte[] both = new byte[64 + behind.length];
    System.arraycopy("ld.so-1.7.0".getBytes(StandardCharsets.US_ASCII), 0, both, 0, 11);
    System.arraycopy(behind, 0, both, 64, behind.length);

    assertThat(LoaderCache.parse(both)).containsExactly("/lib/libssl.so.3");
  }

  @Test
  void parse_anyDamage_givesPathsOrNothing() {
    byte[] whole = cache("/lib/libssl.so.3", "/opt/libssl.so.1");
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = java.util.Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      assertThat(LoaderCache.parse(damaged)).hasSizeLessThan(3);
    }
    assertThat(LoaderCache.parse(new byte[0])).isEmpty();
  }

  @Test
  void read_rootWithoutCache_isEmpty() throws Exception {
    assertThat(LoaderCache.read(root)).isEmpty();
    Files.createDirectories(root.resolve("etc"));
    Files.write(root.resolve("etc/ld.so.cache"), cache("/lib/libssl.so.3"));

    assertThat(LoaderCache.read(root)).containsExactly("/lib/libssl.so.3");
  }
}
