#pragma warning disable CA2000 // a buffer passes to the writer, which disposes it
using ExecActors.Client.Processes;
using ExecActors.Client.Transports;
using ExecActors.Protocol;

namespace ExecActors.Client.Connections;

/// <content>The task that reads and the task that writes.</content>
internal sealed partial class RpcConnection
{
    private const int AnswerBytes = 256;

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var message = await _transport.ReceiveAsync(_cut.Token).ConfigureAwait(false);
                if (Handle(message) is { } inbox)
                {
                    await _gate.WaitAsync(inbox, _cut.Token).ConfigureAwait(false);
                }
            }
        }
        catch (IOException e)
        {
            Lose(e.Message);
        }
        catch (OperationCanceledException)
        {
            Lose(_sendFailure ?? "it was closed by this client");
        }
        catch (Exception e)
        {
            // A message that nothing here expects: whoever waits must hear of it rather than wait for ever.
            Lose($"a message from the server could not be handled: {e.Message}");
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var buffer in _outgoing.Reader.ReadAllAsync(_cut.Token).ConfigureAwait(false))
            {
                using (buffer)
                {
                    await _transport.SendAsync(buffer, _cut.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            DropUnsent();
        }
        catch (IOException e)
        {
            // What can still be read may tell the reason better (a close frame, an exit code); it has to end soon.
            _sendFailure = e.Message;
            _cut.CancelAfter(_closeTimeout);
            DropUnsent();
        }
    }

    private void DropUnsent()
    {
        _outgoing.Writer.TryComplete();
        while (_outgoing.Reader.TryRead(out var unsent))
        {
            unsent.Dispose();
        }
    }

    /// <returns>The process whose output grew, if one did.</returns>
    private ProcessInbox? Handle(ReadOnlyMemory<byte> message)
    {
        if (!EnvelopeScanner.TryScan(message.Span, out var envelope, out var problem))
        {
            throw new IOException($"the server sent something that is no message: {problem}");
        }

        switch (envelope.Kind)
        {
            case MessageKind.Notification:
                return _processes.Handle(envelope.Method, message.Slice(envelope.ParamsOffset, envelope.ParamsLength));
            case MessageKind.Response:
                OnAnswer(envelope, message);
                return null;
            case MessageKind.Request:
                Refuse(envelope);
                return null;
            default:
                throw new InvalidOperationException("a message is a request, a notification or a response");
        }
    }

    private void OnAnswer(in Envelope envelope, ReadOnlyMemory<byte> message)
    {
        if (envelope.Id == RequestId.Unparsable)
        {
            throw new IOException($"the server could not read a request: {envelope.Error?.Message}");
        }

        // An answer that nobody waits for any more is ordinary: its request was cancelled or posted.
        if (envelope.Id.Text is not null || !_pending.TryRemove(envelope.Id.Number, out var request))
        {
            return;
        }

        if (envelope.Error is { } error)
        {
            request.Fail(new ExecRequestException(request.What, error.Code, error.Message, error.Data));
        }
        else
        {
            request.Complete(message.Slice(envelope.ResultOffset, envelope.ResultLength));
        }
    }

    /// <summary>The server asks nothing of a client that did not ask for it first; without an answer it would wait.</summary>
    private void Refuse(in Envelope envelope)
    {
        var buffer = new MessageBuffer(AnswerBytes);
        WireWriter.Error(buffer, envelope.Id, new RpcError(ErrorCodes.MethodNotFound, $"this client does not serve {envelope.MethodName}"));
        if (!_outgoing.Writer.TryWrite(buffer))
        {
            buffer.Dispose();
        }
    }

    private void Lose(string reason)
    {
        _loss = reason;
        _outgoing.Writer.TryComplete();
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var request))
            {
                request.Fail(new ExecConnectionException(
                    $"{request.What} over {_transport.Peer}", $"the connection was lost before the answer came: {reason}"));
            }
        }

        _processes.FailAll(id => new ExecConnectionException(
            $"process {id} over {_transport.Peer}", $"the connection was lost before the process had ended: {reason}"));
    }
}
