// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.analyzer.redact.RedactionRules;
import dev.tapedeck.analyzer.redact.RedactionRulesReader;
import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.analyzer.redact.Tokens;
import dev.tapedeck.analyzer.rules.RulesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is masked before it reaches the disk. */
final class RedactArguments {
  private static final String DEFAULT = "default";

  @Option(
      names = "--redact",
      paramLabel = "RULES",
      description =
          "Mask secrets before they reach the disk: by this rules file, or 'default' for well-known"
              + " names and shapes. What cannot be masked (HTTP/2, compressed bodies, connections"
              + " from before the recording) is not written.")
  private @Nullable String rules;

  @Option(
      names = "--redact-key-file",
      paramLabel = "KEY",
      description =
          "With --redact: recordings with the same key have the same tokens for the same secrets."
              + " Random by default.")
  private @Nullable Path keyFile;

  /**
   * Returns what masks; null when nothing is to be masked.
   *
   * @throws IllegalArgumentException when the rules or the key are not as they should be
   */
  @Nullable Redactor redactor() {
    if (rules == null) {
      if (keyFile != null) {
        throw new IllegalArgumentException("--redact-key-file needs --redact");
      }
      return null;
    }
    try {
      RedactionRules parsed =
          rules.equals(DEFAULT)
              ? RedactionRules.DEFAULT
              : RedactionRulesReader.parse(rules, Files.readString(Path.of(rules)));
      return new Redactor(parsed, new Tokens(key()));
    } catch (RulesException e) {
      throw new IllegalArgumentException("--redact " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("--redact: cannot read " + e.getMessage(), e);
    }
  }

  private byte[] key() throws IOException {
    if (keyFile == null) {
      byte[] random = new byte[Tokens.KEY_BYTES];
      new SecureRandom().nextBytes(random);
      return random;
    }
    byte[] key = Files.readAllBytes(keyFile);
    if (key.length < Tokens.MIN_KEY_BYTES) {
      throw new IllegalArgumentException(
          "--redact-key-file "
              + keyFile
              + " is too short; make one: head -c 32 /dev/urandom > KEY");
    }
    return key;
  }
}
