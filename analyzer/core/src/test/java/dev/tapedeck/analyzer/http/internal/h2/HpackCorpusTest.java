// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What three encoders wrote, decoded from the start and from the middle. */
class HpackCorpusTest {
  private static final int MAX_TEXT_BYTES = 1 << 20;
  private static final int JOINS = 50;

  /** How many fields came out right, open, and wrong. */
  private static final class Score {
    private long right;
    private long open;
    private final List<String> wrong = new ArrayList<>();

    void add(String where, FieldBlock block, List<String> expected) {
      if (block.isMalformed() || block.isOverLimit() || block.size() * 2 != expected.size()) {
        wrong.add(where + ": " + block.size() + " fields");
        return;
      }
      for (int i = 0; i < block.size(); i++) {
        boolean name = block.isNameKnown(i);
        boolean value = block.isValueKnown(i);
        if ((name && !block.name(i).equals(expected.get(2 * i)))
            || (value && !block.value(i).equals(expected.get(2 * i + 1)))) {
          wrong.add(where + ": field " + i + " " + expected.get(2 * i));
        } else if (name && value) {
          right++;
        } else {
          open++;
        }
      }
    }
  }

  @Test
  void decode_fromTheStart_givesEveryField() throws IOException {
    List<HpackStories.Story> stories = HpackStories.all();
    assertThat(stories).hasSizeGreaterThanOrEqualTo(96);
    Score score = new Score();
    for (HpackStories.Story story : stories) {
      decode(story, 0, -1, score);
    }
    assertThat(score.wrong).isEmpty();
    assertThat(score.open).isZero();
  }

  @Test
  void decode_fromTheMiddle_givesMostFieldsAndNoneWrong() throws IOException {
    Score score = new Score();
    for (HpackStories.Story story : HpackStories.all()) {
      for (int join = 1; join <= Math.min(JOINS, story.blocks().size() - 1); join++) {
        decode(story, join, -1, score);
      }
    }
    assertThat(score.wrong).isEmpty();
    assertThat((double) score.right / (score.right + score.open)).isGreaterThanOrEqualTo(0.94);
  }

  @Test
  void decode_afterALostBlock_givesNoneWrong() throws IOException {
    Score score = new Score();
    for (HpackStories.Story story : HpackStories.all()) {
      for (int lost = 1; lost <= Math.min(JOINS, story.blocks().size() - 2); lost += 7) {
        decode(story, 0, lost, score);
      }
    }
    assertThat(score.wrong).isEmpty();
    assertThat(score.right).isPositive();
  }

  private static void decode(HpackStories.Story story, int join, int lost, Score score) {
    HpackDecoder decoder = new HpackDecoder(join == 0);
    FieldBlock block = new FieldBlock(MAX_TEXT_BYTES);
    for (int i = join; i < story.blocks().size(); i++) {
      if (i == lost) {
        decoder.lose();
        continue;
      }
      HpackStories.Block item = story.blocks().get(i);
      decoder.decode(item.wire(), block);
      decoder.disclose(block);
      score.add(story.name() + " from " + join + " at " + i, block, item.fields());
    }
  }
}
