// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tapedeck.format.internal.crypto.AgeFile;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys come from Debian's age-keygen, and its age opens what a capture holds of them. */
class AgeToolsIT {
  private static final List<CaptureEvent> EVENTS = new EventGenerator(2).events(200);

  @TempDir Path folder;

  @Test
  void capture_forKeysOfAgeKeygen_isReadWithTheirFiles() throws Exception {
    Path keys = keygen("keys.txt");
    Path metadataKeys = keygen("metadata.txt");
    byte[] capture = write(recipient(keys), recipient(metadataKeys));

    try (CaptureReader reader = open(capture, Identities.read(List.of(keys)))) {
      assertThat(reader.access()).isEqualTo(CaptureAccess.ALL);
      assertThat(Captures.read(reader, Projection.ALL).events()).isEqualTo(EVENTS);
    }
    try (CaptureReader reader = open(capture, Identities.read(List.of(metadataKeys)))) {
      assertThat(reader.access()).isEqualTo(CaptureAccess.METADATA);
    }
    // One file with both keys, as age takes it too.
    Path both = folder.resolve("both.txt");
    Files.writeString(both, Files.readString(metadataKeys) + "\n" + Files.readString(keys));
    try (CaptureReader reader = open(capture, Identities.read(List.of(both)))) {
      assertThat(reader.access()).isEqualTo(CaptureAccess.ALL);
    }
  }

  @Test
  void age_decrypt_opensTheStanzas() throws Exception {
    Path keys = keygen("keys.txt");
    Path metadataKeys = keygen("metadata.txt");
    byte[] capture = write(recipient(keys), recipient(metadataKeys));
    FileHeader header = header(capture);
    Path metadataKey = folder.resolve("metadata.age");
    Files.write(metadataKey, header.getEncryption().getMetadataKey().toByteArray());
    Path payloadKey = folder.resolve("payload.age");
    Files.write(payloadKey, header.getEncryption().getPayloadKey().toByteArray());

    assertThat(decrypt(keys, metadataKey))
        .hasSize(32)
        .isEqualTo(decrypt(metadataKeys, metadataKey));
    assertThat(decrypt(keys, payloadKey)).hasSize(32);
    assertThat(runFails("age", "--decrypt", "-i", metadataKeys.toString(), payloadKey.toString()))
        .contains("no identity matched");
  }

  @Test
  void open_fileOfAge_givesItsPlaintext() throws Exception {
    Path keys = keygen("keys.txt");
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 7);
    Path plain = folder.resolve("plain");
    Files.write(plain, secret);
    Path sealed = folder.resolve("sealed");
    run("age", "-r", recipient(keys), "-o", sealed.toString(), plain.toString());

    byte[] file = Files.readAllBytes(sealed);
    assertThat(AgeFile.open(file, Identities.read(List.of(keys)).readers(), 32)).isEqualTo(secret);
    assertThat(AgeFile.open(file, Identities.read(List.of(keys)).readers(), 31)).isNull();
    assertThat(AgeFile.recipients(file)).containsEntry("X25519", 1);
  }

  @Test
  void zstd_encryptedCapture_isSoundAndGivesNothing() throws Exception {
    Path file = folder.resolve("a.tape");
    Files.write(file, write(recipient(keygen("keys.txt")), recipient(keygen("metadata.txt"))));
    run("zstd", "-t", file.toString());
    assertThat(run("zstd", "-dc", file.toString())).isEmpty();
  }

  @Test
  void read_keyFileEncryptedByAge_saysSo() throws Exception {
    Path keys = keygen("keys.txt");
    Path locked = folder.resolve("locked.age");
    run("age", "-r", recipient(keys), "-o", locked.toString(), keys.toString());
    assertThatThrownBy(() -> Identities.read(List.of(locked)))
        .isInstanceOf(IOException.class)
        .hasMessage(locked + ": line 1: the key file is itself encrypted: age --decrypt it first");
  }

  private byte[] write(String recipient, String metadataRecipient) {
    Encryption encryption = Encryption.to(List.of(recipient), List.of(metadataRecipient));
    return Captures.writeAll(WriterOptions.newBuilder().encryption(encryption).build(), EVENTS);
  }

  private static FileHeader header(byte[] capture) throws IOException {
    Captures.Placed first = Captures.records(capture).get(0);
    return FileHeader.parseFrom(Arrays.copyOfRange(capture, first.offset() + 160, first.end()));
  }

  private static CaptureReader open(byte[] capture, Identities identities) throws IOException {
    return CaptureReader.open(
        new InMemoryChannel(capture),
        "test.tape",
        ReaderOptions.defaults().withIdentities(identities));
  }

  private Path keygen(String name) throws Exception {
    Path keys = folder.resolve(name);
    run("age-keygen", "-o", keys.toString());
    return keys;
  }

  private String recipient(Path keys) throws Exception {
    return new String(run("age-keygen", "-y", keys.toString()), StandardCharsets.US_ASCII).strip();
  }

  private byte[] decrypt(Path keys, Path file) throws Exception {
    return run("age", "--decrypt", "-i", keys.toString(), file.toString());
  }

  private byte[] run(String... command) throws Exception {
    Path output = folder.resolve("output");
    assertThat(start(output, command)).as(String.join(" ", command)).isZero();
    return Files.readAllBytes(output);
  }

  private String runFails(String... command) throws Exception {
    assertThat(start(folder.resolve("output"), command)).isNotZero();
    return Files.readString(folder.resolve("errors"));
  }

  private int start(Path output, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(folder.resolve("errors").toFile())
              .start();
    } catch (IOException e) {
      // Continuous integration installs the tools; a laptop may lack them.
      assumeTrue(System.getenv("CI") != null, command[0] + " is not installed");
      throw e;
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
