-- Healthy: watching, scheduled, done or switched off. Degraded: somebody must act. Otherwise the operator is at work.
local hs = { status = "Progressing", message = "Waiting for the operator" }
local s = obj.status
if s == nil or s.observedGeneration ~= obj.metadata.generation then
  return hs
end
local ready = nil
for _, c in ipairs(s.conditions or {}) do
  if c.type == "Stalled" and c.status == "True" then
    return { status = "Degraded", message = c.reason .. ": " .. (c.message or "") }
  end
  if c.type == "Ready" then
    ready = c
  end
end
if ready ~= nil then
  hs.message = ready.reason .. ": " .. (ready.message or "")
  if ready.status == "True" then
    hs.status = "Healthy"
  end
end
return hs
