// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.proto.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The specification says what the code does. */
class FormatDocumentTest {
  private final String document = Files.readString(root().resolve("docs/FORMAT.md"));

  FormatDocumentTest() throws IOException {}

  private static Path root() {
    return Path.of(System.getProperty("tapedeck.root", ".."));
  }

  private String section(String from, String to) {
    int start = document.indexOf(from);
    int end = document.indexOf(to, start + from.length());
    assertThat(start).as(from).isNotNegative();
    assertThat(end).as(to).isGreaterThan(start);
    return document.substring(start, end);
  }

  private static List<String[]> rows(String section, String regex) {
    List<String[]> rows = new ArrayList<>();
    Matcher matcher = Pattern.compile(regex, Pattern.MULTILINE).matcher(section);
    while (matcher.find()) {
      String[] row = new String[matcher.groupCount()];
      for (int i = 0; i < row.length; i++) {
        row[i] = matcher.group(i + 1);
      }
      rows.add(row);
    }
    return rows;
  }

  @Test
  void recordHeader_table_isThatOfTheLayout() throws IOException {
    List<String[]> specified =
        rows(
            section("## 2. The record header", "## 3. Records"),
            "^\\| (\\d+) \\| (\\d+) \\| `?(\\w+)`? \\|");
    String source =
        Files.readString(
            root().resolve("format/src/main/java/dev/tapedeck/format/internal/RecordLayout.java"));
    List<String[]> coded = rows(source, "^ \\* +(\\d+) +(\\d+) (\\w+) ");
    assertThat(specified).hasSize(30);
    assertThat(coded).usingRecursiveComparison().isEqualTo(specified);
    int at = 0;
    for (String[] row : specified) {
      assertThat(Integer.parseInt(row[0])).as(row[2]).isEqualTo(at);
      at += Integer.parseInt(row[1]);
    }
    assertThat(at).isEqualTo(RecordLayout.HEADER_BYTES);
  }

  @Test
  void eventKinds_table_isThatOfTheCode() {
    Map<Integer, String> specified = new TreeMap<>();
    for (String[] row :
        rows(section("## 6. Events", "## 7. Registries"), "^\\| \\w+ \\| (\\d+) \\| `(\\w+)`")) {
      specified.put(Integer.parseInt(row[0]), row[1]);
    }
    Map<Integer, String> coded = new TreeMap<>();
    for (int kind : EventKinds.known()) {
      FieldDescriptor field = Block.getDescriptor().findFieldByNumber(EventKinds.FIELD_BASE + kind);
      coded.put(kind, field.getName());
      List<FieldDescriptor> columns = field.getMessageType().getFields();
      assertThat(EventKinds.lastField(kind))
          .as(field.getName())
          .isEqualTo(columns.get(columns.size() - 1).getNumber());
    }
    assertThat(coded).isEqualTo(specified);
  }

  @Test
  void calls_table_isThatOfTheCode() {
    Map<Integer, String> specified = new TreeMap<>();
    for (String[] row :
        rows(section("### 7.3 Calls", "### 7.4"), "\\| (\\d+) \\| ([\\w ,']+?) (?=\\|)")) {
      specified.put(Integer.parseInt(row[0]), row[1]);
    }
    assertThat(specified).hasSize(CallKind.values().length);
    for (CallKind kind : CallKind.values()) {
      String name = specified.get(kind.number());
      assertThat(name).as(kind.name()).isNotNull();
      String first = name.replaceFirst("[ ,].*", "");
      assertThat(first.equals("not") ? "UNKNOWN" : first).isEqualToIgnoringCase(kind.name());
      assertThat(CallKind.ofNumber(kind.number())).isEqualTo(kind);
    }
    assertThat(CallKind.ofNumber(63)).isEqualTo(CallKind.UNKNOWN);
    assertThat(CallKind.ofNumber(65)).isEqualTo(CallKind.UNKNOWN);
    assertThat(CallKind.ofNumber(-1)).isEqualTo(CallKind.UNKNOWN);
  }

  @Test
  void causesAndEvidence_numbers_areAllSpecified() {
    assertThat(rows(section("### 7.4", "### 7.5"), "\\| (\\d+) \\|"))
        .hasSize(LossEvent.Cause.values().length);
    assertThat(rows(section("### 7.5", "### 7.6"), "(\\d) (?=`|a )"))
        .hasSize(TlsEvent.Evidence.values().length);
  }

  @Test
  void limits_table_isThatOfTheCode() {
    String limits = section("## 8. Limits", "## 9. Writing").replace(" ", "");
    assertThat(limits)
        .contains("raw|" + (ReaderOptions.MAX_BLOCK_BYTES >> 20) + "MiB")
        .contains("inacheckpoint|" + (HeaderCodec.MAX_HEADER_BYTES >> 20) + "MiB")
        .contains("eventsinablock|" + BlockEncoder.MAX_EVENTS)
        .contains("textsinablock|" + BlockContent.MAX_TEXTS)
        .contains("capturedbytesofoneevent|" + (BlockEncoder.MAX_EVENT_BYTES >> 20) + "MiB")
        .contains("textsofoneevent|" + (BlockEncoder.MAX_EVENT_TEXT_BYTES >> 20) + "MiB")
        .contains("inablock|" + BlockEncoder.MAX_ARGUMENTS)
        .contains("prefix|" + BlockEncoder.MAX_PREFIX_BYTES + "bytes");
  }
}
