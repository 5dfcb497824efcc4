using System.Globalization;

namespace ExecActors.Integration.Tests.Faults;

/// <content>What else goes wrong on the way.</content>
internal sealed partial class Traveller
{
    private const int Asks = 10;
    private bool _wasSilent;

    /// <summary>Now and then something besides a cut, between two connections.</summary>
    private Task DetourAsync()
    {
        TurnDisk();
        return _random.Next(24) switch
        {
            0 => StopChildAsync(),
            1 => ClaimTwiceAsync(),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>Now and then the disk is filled up or freed.</summary>
    private void TurnDisk()
    {
        switch (_disk is null ? -1 : _random.Next(4))
        {
            case 0:
                Note("fills the disk");
                _disk!.Fill();
                break;
            case 1:
                Note("frees the disk");
                _disk!.Free();
                break;
            default:
                break; // it stays as it is
        }
    }

    /// <summary>Now and then a client that does not read for a while; for the server, one that was stopped is the same.</summary>
    private Task StallAsync()
    {
        Note("does not read for a while");
        return AskOthersAsync();
    }

    private async Task StopChildAsync()
    {
        if (_isInputClosed || !File.Exists(_folder.At("pid"))
            || !int.TryParse(await File.ReadAllTextAsync(_folder.At("pid")), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var shell))
        {
            return; // it may have ended, or not begun
        }

        Note("stops the whole process group");
        Posix.Signal(-shell, PosixSignalNumber.Stop);
        await AskOthersAsync();
        Posix.Signal(-shell, PosixSignalNumber.Continue);
    }

    /// <summary>Two clients claim the session at once: one of them gets it, and the other does not while the first has it.</summary>
    private async Task ClaimTwiceAsync()
    {
        Note("claims the session twice");
        using var one = await ClaimantAsync();
        using var two = await ClaimantAsync();
        for (var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds; ;)
        {
            var asked = Task.WhenAll(ClaimAsync(one, takeover: _wasSilent), ClaimAsync(two, takeover: false));
            var (first, second) = await asked is [var a, var b] ? (a, b) : default;
            if (first && second)
            {
                throw new FaultFoundException("the session was given to two connections");
            }

            if (first || second)
            {
                if (await ClaimAsync(first ? two : one, takeover: false))
                {
                    throw new FaultFoundException("the session was given away while a connection had it");
                }

                one.Strike();
                two.Strike();
                _wasSilent = false;
                return;
            }

            if (Environment.TickCount64 > patience)
            {
                throw new FaultFoundException("neither of two claimants was given the session");
            }
        }
    }

    private async Task<FaultLink> ClaimantAsync()
    {
        var link = await FaultLink.ConnectAsync(_server.Endpoint, Cut.Never with { Kind = CutKind.Reset });
        return await link.UpgradedAsync() ? link : throw new FaultFoundException($"a claimant was not let in: {link.Ending}");
    }

    private async Task<bool> ClaimAsync(FaultLink link, bool takeover)
    {
        await link.SendAsync(Request(
            1, "initialize", new JObject { ["clientName"] = "claimant", ["resumeSessionId"] = _sessionId, ["takeover"] = takeover }));
        var bytes = await link.ReceiveAsync() ?? throw new FaultFoundException($"a claimant was not answered: {link.Ending}");
        using var answer = System.Text.Json.JsonDocument.Parse(bytes);
        if (answer.RootElement.TryGetProperty("result", out _))
        {
            return true;
        }

        var code = answer.RootElement.GetProperty("error").GetProperty("code").GetInt32();
        return code == ErrorCode.SessionAttached ? false : throw new FaultFoundException($"a claimant was answered {answer.RootElement}");
    }

    /// <summary>As long as a few requests of others take.</summary>
    private async Task AskOthersAsync()
    {
        for (var i = 0; i < Asks; i++)
        {
            var answer = await RawHttp.SendAsync(_server.Endpoint, "GET", "/readyz");
            if (answer.Status != 200)
            {
                throw new FaultFoundException($"/readyz was answered {answer.Status}");
            }
        }
    }

    private bool Lost() => _link.IsCut ? false : throw new FaultFoundException($"the server ended a connection that wanted to resume: {_link.Ending}");
}
