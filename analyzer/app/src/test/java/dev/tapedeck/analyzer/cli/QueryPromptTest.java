// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt on a real terminal. */
class QueryPromptTest {
  private static final String PROMPT = "tapedeck> ";
  private static final String INTERRUPT = "\003";
  private static final String END = "\004";
  private static final String BEFORE = "\020";

  @TempDir Path folder;

  private Path home;
  private Path temporary;

  @BeforeEach
  void makeFolders() throws IOException {
    home = Files.createDirectory(folder.resolve("home"));
    temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  private Pty start() throws IOException {
    return Pty.start(
        home,
        temporary,
        ProcessTest.command("query", TestCaptures.shop(folder).toString(), "--quiet"));
  }

  private static void assertNothingIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files).containsExactly(folder);
    }
  }

  @Test
  void prompt_statements_areCompletedAnsweredAndForgotten() throws Exception {
    try (Pty pty = start()) {
      pty.await(PROMPT);
      pty.type("sel\t");
      pty.await("SELECT");
      pty.type("'n=' || count(*) as n\r");
      pty.await("...> ");
      pty.type("from exchanges where 'SECRET' <> '';\r");
      assertThat(pty.await("n=3")).doesNotContain("analyzer:");
      pty.type("select * fro m;\r");
      assertThat(pty.await("docs/SQL.md")).contains("analyzer: SQL:").doesNotContain("Exception");
      pty.type("select 40 + 2 as again from hea\tlimit 1;\r");
      pty.await("headers");
      pty.await("42");
      // Keys are keys only while the prompt waits for them.
      pty.await(PROMPT);
      pty.type(BEFORE);
      pty.await("limit 1");
      pty.type("\r");
      pty.await("42");
      pty.await(PROMPT);
      pty.type("select 'begun");
      pty.await("begun");
      pty.type(INTERRUPT);
      pty.await(PROMPT);
      pty.type(".quit\r");
      assertThat(pty.awaitEnd()).as(pty.seen()).isZero();
      assertThat(pty.seen()).doesNotContain("WARNING", "org.jline");
    }
    assertNothingIn(home);
  }

  @Test
  void prompt_interruptedStatement_isCancelledAndThePromptComesBack() throws Exception {
    try (Pty pty = start()) {
      pty.await(PROMPT);
      pty.type("select sum(a.range * b.range) from range(1000000) a, range(10000000) b;\r");
      // Only a statement that runs can be interrupted: who is too early does it again.
      pty.typeUntil(INTERRUPT, "analyzer: cancelled");
      // The last interrupt may still be on its way.
      pty.typeUntil("select 6 * 7;\r", "42");
      pty.typeUntilEnd(END);
      assertThat(pty.awaitEnd()).as(pty.seen()).isZero();
    }
    assertNothingIn(home);
  }
}
