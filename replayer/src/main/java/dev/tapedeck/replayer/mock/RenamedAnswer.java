// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.diff.WordWalk;
import dev.tapedeck.replayer.flow.IdRenaming;
import dev.tapedeck.replayer.splice.Chunks;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A recorded answer that calls values what they are called now, in fields, trailers and content.
 * What holds none of them keeps its bytes. A content that changes goes without its content coding;
 * where lengths mean something, in contents that are no text, only names of the same length change.
 */
final class RenamedAnswer {
  /** In longer contents nothing is renamed. */
  static final long MAX_BODY_BYTES = 16 << 20;

  private final Function<String, @Nullable String> names;
  private final IdRenaming.Changed ids;

  private RenamedAnswer(Function<String, @Nullable String> names, IdRenaming.Changed ids) {
    this.names = names;
    this.ids = ids;
  }

  /**
   * Returns the answer with other names.
   *
   * @param call whose answer
   * @param names gives what a long value is called now; null when it is called what it was
   * @param ofRequest recorded values of the request that have other names now
   */
  static HttpResponse of(
      RecordedCall call, Function<String, @Nullable String> names, Map<String, String> ofRequest) {
    HttpResponse recorded = call.response();
    IdRenaming.Changed ids =
        new IdRenaming(call.request(), ofRequest).in(call.exchange(), recorded);
    return new RenamedAnswer(names, ids).rename(recorded);
  }

  private HttpResponse rename(HttpResponse recorded) {
    String before = content(recorded);
    String withIds = ids.content() == null ? before : ids.content();
    String now = before == null || withIds == null ? null : renamed(recorded, withIds);
    boolean changed = now != null && !now.equals(before);
    Body body = changed && now != null ? body(recorded, now) : recorded.body();
    Section head =
        section(recorded.head(), recorded.headers(), changed ? body.wire().length() : -1, changed);
    Section trailers = section(Bytes.empty(), recorded.trailers(), -1, false);
    if (!changed && !head.changed() && !trailers.changed()) {
      return recorded;
    }
    return new HttpResponse(
        recorded.status(),
        recorded.reason(),
        recorded.version(),
        head.bytes(),
        head.fields(),
        trailers.changed() ? trailers.fields() : recorded.trailers(),
        body,
        recorded.span(),
        recorded.completeness(),
        recorded.anomalies());
  }

  private static @Nullable String content(HttpResponse recorded) {
    Body body = recorded.body();
    boolean none = body.wire().length() == 0 || body.wire().length() > MAX_BODY_BYTES;
    if (none
        || body.anomalies().stream().anyMatch(one -> one.kind() == AnomalyKind.CONTENT_CODING)) {
      return null;
    }
    return body.content().length() > MAX_BODY_BYTES ? null : body.content().toBytes().toLatin1();
  }

  private String renamed(HttpResponse recorded, String content) {
    String type = RequestCanon.mediaType(recorded.headers());
    boolean text =
        type.startsWith("text/")
            || type.contains("json")
            || type.contains("xml")
            || type.contains("javascript")
            || type.equals("application/x-www-form-urlencoded");
    return WordWalk.replace(
        content,
        word -> {
          String now = names.apply(word);
          return now == null || text || now.length() == word.length() ? now : null;
        });
  }

  private static Body body(HttpResponse recorded, String now) {
    Body was = recorded.body();
    ByteRope wire = new ByteRope(List.of(Bytes.latin1(now)));
    if (was.framing() != Body.Framing.CHUNKED) {
      return Body.plain(was.framing(), wire, wire);
    }
    String framed = was.framed().toBytes().toLatin1();
    String content = was.wire().toBytes().toLatin1();
    boolean coded = recorded.headers().first("content-encoding") != null;
    // The chunks of what was compressed tell nothing of the content.
    String chunks =
        coded
            ? Chunks.replace(Chunks.replace(framed, content, ""), "", now)
            : Chunks.replace(framed, content, now);
    return Body.plain(was.framing(), new ByteRope(List.of(Bytes.latin1(chunks))), wire);
  }

  /** Fields with the bytes that they lie in. */
  private record Section(Bytes bytes, HeaderFields fields, boolean changed) {}

  /**
   * Rewrites fields.
   *
   * @param head that they lie in; empty when only the fields are known
   * @param lengthBytes what Content-Length says now; −1 when it stays
   */
  private Section section(Bytes head, HeaderFields fields, long lengthBytes, boolean decoded) {
    List<HeaderField> lines = fields.toList();
    StringBuilder text = new StringBuilder();
    int[] spans = new int[lines.size() * 4];
    int used = 0;
    int kept = 0;
    boolean inHead = !head.isEmpty() && fields.section().equals(head);
    String recorded = inHead ? head.toLatin1() : "";
    boolean changed = false;
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      HeaderField field = lines.get(i);
      String name = field.name().toLowerCase(Locale.ROOT);
      int begin = inHead ? field.nameOffset() : 0;
      if (inHead) {
        text.append(recorded, kept, begin);
        kept = begin;
      }
      if (decoded && name.equals("content-encoding")) {
        kept = i + 1 < lines.size() && inHead ? lines.get(i + 1).nameOffset() : kept;
        if (i + 1 == lines.size() && inHead) {
          kept = recorded.indexOf('\n', field.valueEnd()) + 1;
        }
        changed = true;
        continue;
      }
      boolean sized = lengthBytes >= 0 && name.equals("content-length");
      String value =
          sized
              ? Long.toString(lengthBytes)
              : WordWalk.replace(
                  ids.fields()
                      .getOrDefault(
                          name + ":" + (counts.merge(name, 1, Integer::sum) - 1), field.value()),
                  names);
      changed |= !value.equals(field.value());
      spans[used] = text.length();
      text.append(field.name());
      spans[used + 1] = text.length();
      text.append(
          inHead ? recorded.substring(begin + field.name().length(), field.valueOffset()) : ": ");
      spans[used + 2] = text.length();
      text.append(value);
      spans[used + 3] = text.length();
      used += 4;
      if (inHead) {
        kept = field.valueEnd();
      } else {
        text.append("\r\n");
      }
    }
    if (!changed) {
      return new Section(head, fields, false);
    }
    if (inHead) {
      text.append(recorded, kept, recorded.length());
    }
    Bytes section = Bytes.latin1(text.toString());
    return new Section(inHead ? section : head, HeaderFields.ofSpans(section, spans, used), true);
  }
}
