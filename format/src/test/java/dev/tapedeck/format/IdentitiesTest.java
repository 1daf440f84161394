// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.internal.crypto.AgeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key files are read as age-keygen writes them, and errors never show a key. */
class IdentitiesTest {
  @TempDir Path folder;

  @Test
  void read_severalKeysAndComments_takesAllKeys() throws IOException {
    Path file = folder.resolve("keys");
    Files.writeString(
        file,
        "# created: 2026\r\n# public key: age1\r\n"
            + TestKeys.ALICE_SECRET
            + "\r\n\r\n  "
            + TestKeys.BOB_SECRET
            + "\n");
    assertThat(Identities.read(List.of(file, file))).hasToString("Identities[keys=4]");
  }

  @Test
  void read_noSuchFile_saysSo() {
    Path file = folder.resolve("missing");
    assertThatThrownBy(() -> Identities.read(List.of(file)))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": key file does not exist");
    assertThatThrownBy(() -> Identities.read(List.of(folder)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder + ": key file cannot be read");
  }

  @Test
  void parse_noKey_saysSo() {
    for (String empty : List.of("", "\n", "# only a comment\n")) {
      assertThatThrownBy(() -> Identities.parse(empty, "k"))
          .isInstanceOf(IOException.class)
          .hasMessage("k: has no key in it; age-keygen makes one");
    }
  }

  @Test
  void parse_damagedKey_namesTheLineAndNotTheKey() {
    String damaged = TestKeys.ALICE_SECRET.replace(TestKeys.ALICE_SECRET.charAt(30), '1');
    assertThatThrownBy(() -> Identities.parse("#\n" + damaged, "k"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("k: line 2: the secret key is damaged")
        .hasMessageNotContaining(damaged.substring(20))
        .hasNoCause();
    assertThatThrownBy(() -> Identities.parse(TestKeys.ALICE, "k"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("k: line 1: is no secret key")
        .hasMessageNotContaining(TestKeys.ALICE);
  }

  @Test
  void open_changedAgeFiles_areRefusedQuietly() throws Exception {
    byte[] sealed = TestKeys.encryption().newKeys().metadataKeyFile();
    List<com.exceptionfactory.jagged.RecipientStanzaReader> readers = TestKeys.alice().readers();
    assertThat(AgeFile.open(sealed, readers, 32)).isNotNull();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2_000; i++) {
      byte[] changed = sealed.clone();
      switch (i % 3) {
        case 0 -> changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> changed = java.util.Arrays.copyOf(changed, random.nextInt(changed.length));
        default -> {
          int at = random.nextInt(changed.length);
          random.nextBytes(changed);
          System.arraycopy(sealed, 0, changed, 0, at);
        }
      }
      AgeFile.recipients(changed);
      if (!java.util.Arrays.equals(changed, sealed)) {
        byte[] key = AgeFile.open(changed, readers, 32);
        assertThat(key).as("change %d", i).isNull();
      }
    }
  }
}
