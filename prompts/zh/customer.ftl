# 顾客看到的内容。

customer-greeting = 您好！订单、物流、付款、退换货都可以问我。想找人工客服，直接说一声就行。
customer-courtesy = 不客气！还有问题随时找我。
customer-did-you-mean = 您想问的是下面哪一个？
customer-answer-in-other-language = （这条回答目前只有其他语言版本。人工客服可以用中文为您解释：请点“找人工客服”。）
customer-answer-source = 来自常见问题：{ $question }
customer-same-answer = 关于这个问题我只有上面这条回答。要找人工客服吗？
customer-answer-gone = 这条回答已经找不到了。请点“找人工客服”，会有人帮您。
customer-handed-over = 正在为您转接人工客服。{ $ahead ->
        [0] 您排在第一位。
       *[other] 您前面还有 { $ahead } 个对话。
    }{ $wait }
customer-usual-wait = 最近大多数顾客在 { $minutes } 分钟内得到了回复。
customer-target-wait = 我们争取在 { $minutes } 分钟内回复。
customer-target-wait-hours = 我们争取在 { $hours } 小时内回复。
customer-no-target-wait = 一有同事空闲，我们就会回复您。
customer-claimed = { $agent } 正在看您的消息，会在这里回复您。
customer-late = 比我们说的时间要久：您已经等了 { $waited } 分钟，非常抱歉！我们没有忘记您，已经提醒了同事。您希望怎么做？
customer-button-wait = 继续等待
customer-button-leave = 有人时给我留言
customer-button-bot = 再试试机器人
customer-left = 好的，您不必在这里等。您的排队位置会保留，回复会发到这里。{ $when }
customer-there-now = 现在是服务时间，同事一有空就会给您留言。
customer-there-from = 同事将在{ $day }（{ $date }）{ $time } 起回来（{ $zone }）。
customer-there-when-free = 同事一有空就会给您留言。
customer-bot-again = 好的，我来试试：直接问我就行，也可以换个说法。您已不在队列中；点“找人工客服”可以重新排队。
customer-resolved = { $agent } 已将此问题标记为已解决。如果还有问题，直接在这里留言即可。
customer-too-many-messages = 您一次发来的消息非常多。所有消息都已保存，会放在一起查看，请稍等片刻。
customer-glad-it-helped = 很高兴能帮到您！
customer-person-called = 人工客服马上就来。
customer-status-waiting = 您已经等待人工客服 { $waited } 分钟。{ $ahead ->
        [0] 您排在第一位。
       *[other] 您前面还有 { $ahead } 个对话。
    }{ $wait }
customer-status-with-agent = { $agent } 正在处理您的对话。
customer-status-nothing-open = 您目前没有在等待人工客服。直接提问，或点“找人工客服”。
customer-button-spent = 这个按钮已失效。
customer-agent-name = { $agent }：

customer-preference-ask = 您希望谁先回复您？随时可以用 /preferences 更改。
customer-preference-human-first-set = 已记下：由人工客服先回复您。
customer-preference-human-if-unsure-set = 已记下：有把握时我来回答，否则由人工客服回复。
customer-preference-bot-is-fine-set = 已记下：我先来试试。您随时可以找人工客服。
customer-language-ask = 您想使用哪种语言？
customer-language-set = 之后我们用中文交流。

customer-button-person = 找人工客服
customer-button-helped = 有帮助
customer-button-did-not-help = 没有帮助
customer-button-none-of-these = 都不是，找人工
customer-button-human-first = 总是人工客服
customer-button-human-if-unsure = 机器人没把握时找人工
customer-button-bot-is-fine = 机器人回复就行
customer-button-english = English
customer-button-vietnamese = Tiếng Việt
customer-button-chinese = 中文

# 无法直接显示、只能说明的内容。
part-photo = [一张图片]
part-document = [一个文件：{ $name }]
part-voice = [一条语音，{ $length }]
part-audio = [一段音频，{ $length }]
part-video = [一段视频，{ $length }]
part-animation = [一个动图]
part-sticker = [一个表情贴纸 { $emoji }]
part-location = [一个位置：{ $latitude }, { $longitude }]
part-contact = [一张名片：{ $name }，{ $phone }]
part-unsupported = [这里无法显示的内容：{ $kind }]

# 各平台的命令菜单。
customer-command-human = 找人工客服
customer-command-status = 我的问题进展
customer-command-language = 选择语言
customer-command-preferences = 由谁先回复我
customer-command-language-argument = 语言：en、vi 或 zh
