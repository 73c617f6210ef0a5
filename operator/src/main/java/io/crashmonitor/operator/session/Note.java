package io.crashmonitor.operator.session;

/**
 * Something the user should know that does not change what happens.
 *
 * @param reason one of {@link io.crashmonitor.api.Reasons}
 * @param message what it is about and the next step
 */
record Note(String reason, String message) {}
