using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Http;

/// <summary>What the HTTP requests of all sessions need.</summary>
/// <param name="Engine">Sends them; disposed by whoever made it, after the actor system has ended.</param>
/// <param name="Settings">Bounds.</param>
/// <param name="Variables">The server's environment, for headers that name a variable.</param>
/// <param name="Log">For the log.</param>
internal sealed record HttpEnvironment(HttpEngine Engine, HttpSettings Settings, IReadOnlyDictionary<string, string> Variables, ILogger Log);
