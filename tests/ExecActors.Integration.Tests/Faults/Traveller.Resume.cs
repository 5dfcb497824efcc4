namespace ExecActors.Integration.Tests.Faults;

/// <content>The way back after a cut.</content>
internal sealed partial class Traveller
{
    private long _readAfter;
    private bool _isInputClosed;
    private int _strayClaims; // takeovers asked for on connections that were cut before the answer: the server may yet carry them out
    private bool _strayHasIt;

    /// <summary>Comes back on a new connection, which has a cut before it of its own; and on another, until one has the session.</summary>
    private async Task ReconnectAsync(Cut cut)
    {
        var before = _link;
        while (!await TryResumeAsync(cut, before))
        {
            if (_link != before)
            {
                _link.Dispose();
            }

            Cuts++;
            cut = Cut.Next(_random);
        }

        before.Dispose();
        _view.Resumed();
        _readAfter = _view.Next - 1;
        await _link.SendAsync("""{"method":"initialized"}""");
        await SendAsync(2, "process/read", new JObject { ["processId"] = ProcessId, ["afterSeq"] = _readAfter });
        if (_openOrder is not null)
        {
            await _link.SendAsync(_openOrder);
        }
    }

    // Connections have no order among each other: a claim may be carried out after that of a connection made later, although its own is dead.
    private bool WasTakenByStray()
    {
        if (_strayClaims == 0 || !_link.Ending.Contains("resumed by another connection", StringComparison.Ordinal))
        {
            return false;
        }

        _strayClaims--;
        return _strayHasIt = true;
    }

    private async Task<bool> TryResumeAsync(Cut cut, FaultLink before)
    {
        Note($"back over {cut}");
        _link = await FaultLink.ConnectAsync(_server.Endpoint, cut);
        if (!await _link.UpgradedAsync())
        {
            return Lost();
        }

        // A connection that fell silent is alive for the kernel: only a takeover ends it. Of any other the server learns in a moment.
        var takeover = _strayHasIt || (before is { IsCut: true } && (_wasSilent || _random.Next(8) == 0));
        _wasSilent |= cut.Kind == CutKind.Silence;
        for (var id = 1L; ; id++)
        {
            await SendAsync(-id, "initialize", new JObject { ["clientName"] = "traveller", ["resumeSessionId"] = _sessionId, ["takeover"] = takeover });
            using var answer = await AnswerAsync(-id);
            if (answer is null)
            {
                _strayClaims += takeover ? 1 : 0;
                return Lost();
            }

            if (answer.RootElement.TryGetProperty("result", out var result))
            {
                _wasSilent = cut.Kind == CutKind.Silence;
                _strayHasIt = false;
                return result.GetProperty("sessionId").GetString() == _sessionId ? true : throw new FaultFoundException($"another session was resumed: {result}");
            }

            if (answer.RootElement.GetProperty("error").GetProperty("code").GetInt32() != ErrorCode.SessionAttached)
            {
                throw new FaultFoundException($"the session was not given back: {answer.RootElement}");
            }
        }
    }
}
