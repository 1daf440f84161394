// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Content codings: each undone as far as its bytes allow. */
@NullMarked
package dev.tapedeck.analyzer.http.internal.content;

import org.jspecify.annotations.NullMarked;
