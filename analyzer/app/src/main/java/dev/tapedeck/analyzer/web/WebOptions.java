// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.net.InetSocketAddress;

/**
 * How the page is served.
 *
 * @param listen address and port; port 0 for any that is free
 * @param hostName how the user named the address, which a browser may use too
 * @param includeSecrets whether downloads are left as recorded
 * @param version of this tool
 */
public record WebOptions(
    InetSocketAddress listen, String hostName, boolean includeSecrets, String version) {}
