package io.crashmonitor.operator.storage;

import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An Azure storage connection string, as much of it as is believed: account and key. It is the
 * user's text; an endpoint in it is compared, never called on its word.
 *
 * @param account name of the account
 * @param key base64; a secret
 * @param blobEndpoint an explicit endpoint, if it names one
 */
public record ConnectionString(String account, String key, Optional<String> blobEndpoint) {
  private static final int LIMIT = 4096;

  /**
   * @throws StorageFaultException with {@link StorageFault.SecretInvalid}, that says what is wrong
   *     without a part of the text
   */
  public static ConnectionString parse(String text) {
    if (text.length() > LIMIT) {
      throw invalid("is longer than " + LIMIT + " characters");
    }
    Map<String, String> parts = new TreeMap<>();
    for (String part : text.strip().split(";")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(
            part.substring(0, equals).strip().toLowerCase(Locale.ROOT),
            part.substring(equals + 1).strip());
      } else if (!part.isBlank()) {
        throw invalid("has a part that is not key=value");
      }
    }
    if (!parts.containsKey("accountname")) {
      throw invalid("has no AccountName");
    }
    String key = parts.getOrDefault("accountkey", "");
    if (key.isEmpty()) {
      throw invalid(
          "has no AccountKey; a shared access signature cannot sign links for single dumps");
    }
    try {
      Base64.getDecoder().decode(key);
    } catch (IllegalArgumentException notBase64) {
      throw invalid("has an AccountKey that is not base64");
    }
    return new ConnectionString(
        parts.get("accountname"), key, Optional.ofNullable(parts.get("blobendpoint")));
  }

  private static StorageFaultException invalid(String why) {
    return new StorageFaultException(
        new StorageFault.SecretInvalid(
            "the Secret's connectionString "
                + why
                + ": copy it again from the account's access keys"));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "ConnectionString[" + account + "]";
  }
}
