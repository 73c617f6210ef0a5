package io.crashmonitor.operator.storage;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.report.DumpReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Storage with room for one blob, in memory. */
final class OneReport implements DumpStore {
  private Optional<Content> content = Optional.empty();

  DumpReport report() {
    try {
      return AgentProtocol.mapper().readValue(content.orElseThrow().bytes(), DumpReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<Content> read(String blob, int limit) {
    return content;
  }

  @Override
  public boolean create(String blob, byte[] json, Map<String, String> metadata) {
    if (content.isPresent()) {
      return false;
    }
    content = Optional.of(new Content(json, "1"));
    return true;
  }

  @Override
  public boolean replace(String blob, byte[] json, Map<String, String> metadata, String etag) {
    content = Optional.of(new Content(json, etag));
    return true;
  }

  @Override
  public Optional<Facts> stat(String blob) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(String blob, String etag) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Listing list(String prefix, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> folders(String prefix, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public URI writeLink(String blob, Instant expires) {
    throw new UnsupportedOperationException();
  }

  @Override
  public URI readLink(String blob, Instant expires) {
    throw new UnsupportedOperationException();
  }
}
